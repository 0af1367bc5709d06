package dev.gatun.metalbackend;

import dev.gatun.gpuengine.GpuDevice;
import dev.gatun.metal.Metal;
import dev.gatun.runtime.spi.DeviceInfo;
import dev.gatun.runtime.spi.Preference;
import dev.gatun.testkit.ConformanceOptions;
import dev.gatun.testkit.ConformanceSuite;
import dev.gatun.testkit.Precision;
import dev.gatun.testkit.TestContext;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** This backend passes the suite of all backends: on a Mac's GPU, elsewhere on the stand-in. */
class ConformanceTest {
  /** What is made once for a device, and kept. */
  private static final Set<String> KEPT = Set.of("MTLLibrary", "MTLComputePipelineState");

  private static final TestContext CONTEXT = new TestContext(2);
  private static GpuDevice device;

  @TestFactory
  Stream<DynamicTest> conformance() {
    Metal metal = Metal.open(StandIn.library()).getFirst();
    DeviceInfo info =
        new DeviceInfo("metal:0", "metal", DeviceInfo.Kind.GPU, metal.name(), 0, Map.of());
    device =
        new GpuDevice(
            info,
            Preference.GPU_KERNELS,
            new MetalGpu(metal, info.id(), metal.recordsReliably()),
            CONTEXT);
    return ConformanceSuite.tests(
        device,
        ConformanceOptions.of(Precision.FLOAT)
            .withRefusals(getClass().getResourceAsStream("refusals.txt"))
            .withLiveHandles(() -> open(metal)));
  }

  private static long open(Metal metal) {
    return metal.handles().byKind().entrySet().stream()
        .filter(entry -> !KEPT.contains(entry.getKey()))
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  @AfterAll
  static void close() {
    if (device != null) {
      device.close();
    }
    CONTEXT.close();
  }
}
