package dev.gatun.vector;

import dev.gatun.cpuengine.CpuDevice;
import dev.gatun.cpuengine.kernel.KernelChoices;
import dev.gatun.runtime.detect.HardwareDetector;
import dev.gatun.runtime.spi.BackendProvider;
import dev.gatun.runtime.spi.DeviceInfo;
import dev.gatun.runtime.spi.Finding;
import dev.gatun.runtime.spi.Finding.Stage;
import dev.gatun.runtime.spi.Preference;
import dev.gatun.runtime.spi.Probe;
import dev.gatun.runtime.spi.ProbeContext;
import dev.gatun.runtime.spi.RuntimeRequirement;
import dev.gatun.vector.simd.Lanes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The backend {@code vector}: any CPU, in pure Java. Present when the JVM was started with the
 * incubator module; able when the kernels agree with their scalar twins.
 */
public final class VectorBackendProvider implements BackendProvider {
  static final String ID = "vector";
  static final String WIDTH = Lanes.WIDTH;
  private static final String MODULE = "jdk.incubator.vector";

  public VectorBackendProvider() {}

  @Override
  public String id() {
    return ID;
  }

  @Override
  public List<RuntimeRequirement> runtimes() {
    return List.of();
  }

  @Override
  public Probe probe(ProbeContext context) {
    if (ModuleLayer.boot().findModule(MODULE).isEmpty()) {
      return unavailable(
          Finding.bad(
              Stage.PRESENT,
              "this JVM runs without the module " + MODULE,
              "start Java with --add-modules " + MODULE));
    }
    Finding present = Finding.good(Stage.PRESENT, "the module " + MODULE + " is there");
    // Classes that use the module are loaded only from here on.
    Finding able = VectorSelfTest.run(context);
    if (!able.good()) {
      return unavailable(present, able);
    }
    return new Probe(ID, List.of(present, able), List.of(device(context)));
  }

  private static Probe unavailable(Finding... findings) {
    return new Probe(ID, List.of(findings), List.of());
  }

  private static CpuDevice device(ProbeContext context) {
    var kernels = new VectorKernels();
    Map<String, String> properties = new LinkedHashMap<>();
    properties.put("vector bits", Integer.toString(kernels.bits()));
    properties.put("threads", Integer.toString(context.threads()));
    var info =
        new DeviceInfo(
            ID + ":" + kernels.bits(),
            ID,
            DeviceInfo.Kind.CPU,
            HardwareDetector.detect().cpu().model().orElse("CPU"),
            context.memoryBudget(),
            properties);
    return new CpuDevice(info, Preference.VECTOR_KERNELS, KernelChoices.only(kernels), context);
  }
}
