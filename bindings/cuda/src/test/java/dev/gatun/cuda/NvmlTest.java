package dev.gatun.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gatun.ffi.LibrarySearch;
import dev.gatun.ffi.NativeCallException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The GPUs of the driver that {@code gatun.cuda.library} names, else of the stand-in, as the NVML
 * beside it sees them ({@code gatun.nvml.library} names another).
 */
class NvmlTest {
  private static final Path FOLDER = Path.of("..", "..", "target", "gpu-standin");
  private static final int INVALID_ARGUMENT = 2;
  private static final int NOT_FOUND = 6;

  /** Readings until a counter must have moved: it is refreshed some ten times a second. */
  private static final int READINGS = 200;

  @TempDir Path folder;

  private static String library(String setting, String standIn) {
    String driver = System.getProperty("gatun.cuda.library");
    return System.getProperty(setting, driver == null ? FOLDER.resolve(standIn).toString() : null);
  }

  private static <T> T loaded(LibrarySearch search, Loader<T> loader) {
    assumeTrue(
        search.present().isPresent(),
        () -> "skipped: nothing at " + search.tried() + "; scripts/test builds the stand-ins");
    Loading<T> loading = loader.load(search);
    return loading.library().orElseThrow(() -> new AssertionError(loading.failures()));
  }

  @FunctionalInterface
  private interface Loader<T> {
    Loading<T> load(LibrarySearch search);
  }

  private static Nvml nvml() {
    String setting = "gatun.nvml.library";
    return loaded(
        Nvml.search(setting, Optional.ofNullable(library(setting, "libnvidia-ml.so.1"))),
        Nvml::load);
  }

  private static CudaDevice gpu() {
    String setting = "gatun.cuda.library";
    return loaded(
            CudaDriver.search(setting, Optional.ofNullable(library(setting, "libcuda.so.1"))),
            CudaDriver::load)
        .devices()
        .getFirst();
  }

  @Test
  void theDriversGpuCountsEnergy() throws InterruptedException {
    try (Nvml nvml = nvml()) {
      NvmlDevice device = nvml.device(gpu().pciBusId());
      long first = device.millijoules().orElseThrow();
      long last = first;
      for (int i = 0; i < READINGS && last == first; i++) {
        Thread.sleep(10);
        last = device.millijoules().orElseThrow();
      }
      assertTrue(last > first, last + " after " + first);
      assertTrue(device.milliwattsAtMost().orElseThrow() > 1_000, "a limit above 1 W");
      assertTrue(device.celsius().orElseThrow() < 150, "a temperature");
      assertTrue(device.megahertz().orElseThrow() < 10_000, "a clock");
    }
  }

  @Test
  void whatIsNoGpuIsRefusedByName() {
    try (Nvml nvml = nvml()) {
      var none =
          assertThrows(NativeCallException.class, () -> nvml.device("fffe:7f:1f.7").celsius());
      assertEquals(NOT_FOUND, none.code());
      var nonsense = assertThrows(NativeCallException.class, () -> nvml.device("a GPU"));
      assertEquals(INVALID_ARGUMENT, nonsense.code());
      assertTrue(nonsense.getMessage().contains("nvmlDeviceGetHandleByPciBusId of NVML failed"));
    }
  }

  @Test
  void eachInstanceHoldsItsOwnInitialization() {
    Nvml first = nvml();
    try (Nvml second = nvml()) {
      NvmlDevice device = second.device(gpu().pciBusId());
      NvmlDevice gone = first.device(gpu().pciBusId());
      first.close();
      first.close();
      assertTrue(device.celsius().isPresent());
      assertThrows(IllegalStateException.class, gone::celsius);
    }
  }

  @Test
  void aFileThatIsNotThereIsAReason() {
    Loading<Nvml> none =
        Nvml.load(Nvml.search("gatun.nvml.library", Optional.of(folder.resolve("no").toString())));
    assertTrue(none.library().isEmpty());
    assertTrue(none.failures().getFirst().contains("there is no such file"), none.toString());
  }
}
