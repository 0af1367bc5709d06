package dev.gatun.cpuengine;

import dev.gatun.cpuengine.kernel.KernelChoices;
import dev.gatun.cpuengine.kernel.KernelSet;
import dev.gatun.runtime.spi.DeviceInfo;
import dev.gatun.runtime.spi.ProbeContext;
import java.util.Map;

/** Devices of kernels, without a backend. */
final class TestDevices {
  private TestDevices() {}

  /** A device that runs these kernels. */
  static CpuDevice of(KernelSet kernels, ProbeContext context) {
    var info = new DeviceInfo("test:cpu", "test", DeviceInfo.Kind.CPU, "test CPU", 0, Map.of());
    return new CpuDevice(info, 1, KernelChoices.only(kernels), context);
  }
}
