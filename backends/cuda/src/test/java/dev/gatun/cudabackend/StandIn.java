package dev.gatun.cudabackend;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gatun.runtime.Settings;
import dev.gatun.runtime.spi.ProbeContext;
import dev.gatun.testkit.TestContext;
import java.nio.file.Path;
import java.util.Map;

/**
 * The driver without a GPU, or the one that {@code gatun.cuda.library} names. Tests are skipped,
 * with the reason, where it is not built or NVRTC is not installed.
 */
final class StandIn {
  private static final Path FILE = Path.of("..", "..", "target", "gpu-standin", "libcuda.so.1");

  private StandIn() {}

  /** NVML beside the stand-in. */
  static String nvml() {
    return FILE.resolveSibling("libnvidia-ml.so.1").toAbsolutePath().normalize().toString();
  }

  static String driver() {
    return System.getProperty(Settings.CUDA_LIBRARY, FILE.toAbsolutePath().normalize().toString());
  }

  static TestContext context() {
    return new TestContext(2, Map.of(Settings.CUDA_LIBRARY, driver()));
  }

  /** What the driver needs is there. */
  static void require(ProbeContext context) {
    assumeTrue(
        CudaLibraries.driverSearch(context).present().isPresent(),
        () -> "skipped: no driver at " + driver() + "; scripts/test builds the stand-in");
    requireCompiler(context);
  }

  static void requireCompiler(ProbeContext context) {
    assumeTrue(
        CudaRuntime.search(context).present().isPresent(),
        "skipped: NVRTC is not here; `gatun runtimes install cuda`");
  }

  /** Driver and compiler; those that are there must work. */
  static CudaLibraries libraries(ProbeContext context) {
    require(context);
    CudaLibraries.Outcome outcome = CudaLibraries.load(context);
    return outcome.libraries().orElseThrow(() -> new AssertionError(outcome.finding()));
  }
}
