package dev.gatun.cudabackend;

import dev.gatun.runtime.spi.Device;
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

/** This backend passes the suite of all backends, but for what it refuses. */
class ConformanceTest {
  private static final Set<String> DEVICE_WIDE =
      Set.of("CudaContext", "CudaModule", "DeviceMemory");
  private static final TestContext CONTEXT = StandIn.context();
  private static Device device;

  @TestFactory
  Stream<DynamicTest> suite() {
    CudaLibraries libraries = StandIn.libraries(CONTEXT);
    CudaGpu gpu = CudaBackendProvider.gpus(libraries, CONTEXT).getFirst();
    device = CudaBackendProvider.device(gpu, libraries, CONTEXT);
    return ConformanceSuite.tests(
        device,
        ConformanceOptions.of(Precision.HALF_PRODUCTS)
            .withRefusals(ConformanceTest.class.getResourceAsStream("refusals.txt"))
            .withLiveHandles(() -> gpu.usedBytes() + handles(libraries)));
  }

  /**
   * What is open, without what lives as long as the device: contexts, modules, the pool's memory.
   */
  private static long handles(CudaLibraries libraries) {
    return libraries.driver().handles().byKind().entrySet().stream()
        .filter(kind -> !DEVICE_WIDE.contains(kind.getKey()))
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
