package dev.gatun.cpuengine;

import dev.gatun.cpuengine.kernel.KernelChoices;
import dev.gatun.cpuengine.kernel.KernelSet;
import dev.gatun.runtime.spi.DeviceInfo;
import dev.gatun.runtime.spi.ProbeContext;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** A runtime for tests: a few threads and no properties. */
final class TestContext implements ProbeContext, AutoCloseable {
  private final int threads;
  private final Map<Class<?>, AutoCloseable> shared = new LinkedHashMap<>();

  TestContext(int threads) {
    this.threads = threads;
  }

  /** A device that runs these kernels. */
  CpuDevice device(KernelSet kernels) {
    var info = new DeviceInfo("test:cpu", "test", DeviceInfo.Kind.CPU, "test CPU", 0, Map.of());
    return new CpuDevice(info, 1, KernelChoices.only(kernels), this);
  }

  @Override
  public Optional<String> property(String name) {
    return Optional.empty();
  }

  @Override
  public int threads() {
    return threads;
  }

  @Override
  public long memoryBudget() {
    return 4L << 30;
  }

  @Override
  public synchronized <T extends AutoCloseable> T shared(Class<T> type, Supplier<T> factory) {
    return type.cast(shared.computeIfAbsent(type, absent -> factory.get()));
  }

  @Override
  public void close() {
    for (AutoCloseable each : shared.values()) {
      try {
        each.close();
      } catch (Exception e) {
        throw new AssertionError(e);
      }
    }
  }
}
