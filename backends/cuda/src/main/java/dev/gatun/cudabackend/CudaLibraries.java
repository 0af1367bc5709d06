package dev.gatun.cudabackend;

import dev.gatun.cuda.CudaDevice;
import dev.gatun.cuda.CudaDriver;
import dev.gatun.cuda.Loading;
import dev.gatun.cuda.Nvrtc;
import dev.gatun.ffi.LibrarySearch;
import dev.gatun.ffi.NativeCallException;
import dev.gatun.runtime.Settings;
import dev.gatun.runtime.spi.Finding;
import dev.gatun.runtime.spi.Finding.Stage;
import dev.gatun.runtime.spi.ProbeContext;
import java.util.List;
import java.util.Optional;

/**
 * Driver and compiler of one runtime, loaded.
 *
 * @param driver with at least one device
 * @param nvrtc of a CUDA that the driver knows
 */
record CudaLibraries(CudaDriver driver, Nvrtc nvrtc, List<CudaDevice> devices) {
  private static final String GET_DRIVER =
      "install NVIDIA's driver, or set GATUN_CUDA_LIBRARY to its file";
  private static final String GET_NVRTC =
      "run `%s`, or set CUDA_HOME to a CUDA toolkit %s"
          .formatted(CudaRuntime.NVRTC.installCommand(), CudaRuntime.GENERATION);
  private static final String NATIVE_ACCESS =
      "start Java with --enable-native-access=dev.gatun.cuda,dev.gatun.ffi"
          + " (ALL-UNNAMED when Gatun is on the class path)";

  /**
   * What came of loading.
   *
   * @param libraries empty when it failed
   */
  record Outcome(Optional<CudaLibraries> libraries, Finding finding) {}

  /** Where the driver is looked for. */
  static LibrarySearch driverSearch(ProbeContext context) {
    return CudaDriver.search(Settings.CUDA_LIBRARY, context.property(Settings.CUDA_LIBRARY));
  }

  /** A cheap look for the driver. */
  static Finding present(ProbeContext context) {
    LibrarySearch search = driverSearch(context);
    return search
        .present()
        .map(place -> Finding.good(Stage.PRESENT, "the driver is there: " + place))
        .orElseGet(() ->
            Finding.bad(
                Stage.PRESENT,
                "there is no driver of NVIDIA (looked at: %s)"
                    .formatted(String.join(", ", search.tried())),
                "it comes with the GPU: " + GET_DRIVER));
  }

  /** Loads driver and compiler, and looks for devices. */
  static Outcome load(ProbeContext context) {
    try {
      Loading<CudaDriver> driver = CudaDriver.load(driverSearch(context));
      if (driver.library().isEmpty()) {
        return failed(
            "the driver does not work: " + String.join("; ", driver.failures()),
            "check with `nvidia-smi`; " + GET_DRIVER);
      }
      LibrarySearch search = CudaRuntime.search(context);
      if (search.present().isEmpty()) {
        return failed(
            "the driver %s is there, but not NVRTC, which compiles the kernels (looked at: %s)"
                .formatted(driver.library().get().version(), String.join(", ", search.tried())),
            GET_NVRTC);
      }
      Loading<Nvrtc> nvrtc = Nvrtc.load(search);
      return nvrtc.library().isEmpty()
          ? failed("NVRTC does not load: " + String.join("; ", nvrtc.failures()), GET_NVRTC)
          : of(driver.library().get(), nvrtc.library().get());
    } catch (IllegalCallerException e) {
      return new Outcome(
          Optional.empty(),
          Finding.bad(
              Stage.ABLE, "this JVM denies native access: " + e.getMessage(), NATIVE_ACCESS, e));
    }
  }

  private static Outcome of(CudaDriver driver, Nvrtc nvrtc) {
    if (driver.major() < nvrtc.major()) {
      return failed(
          "the driver knows CUDA up to %s, which is older than NVRTC %s"
              .formatted(driver.version(), nvrtc.version()),
          "update NVIDIA's driver to one for CUDA %d, or set gatun.nvrtc.library to NVRTC of CUDA %d"
              .formatted(nvrtc.major(), driver.major()));
    }
    List<CudaDevice> devices;
    try {
      devices = driver.devices();
    } catch (NativeCallException e) {
      return failed("the driver lists no devices: " + e.getMessage(), "check with `nvidia-smi`");
    }
    if (devices.isEmpty()) {
      return failed(
          "the driver %s finds no GPU".formatted(driver.version()),
          "check with `nvidia-smi`, and whether CUDA_VISIBLE_DEVICES hides it");
    }
    return new Outcome(
        Optional.of(new CudaLibraries(driver, nvrtc, devices)),
        Finding.good(
            Stage.ABLE,
            "driver of CUDA %s, NVRTC %s".formatted(driver.version(), nvrtc.version())));
  }

  private static Outcome failed(String reason, String remedy) {
    return new Outcome(Optional.empty(), Finding.bad(Stage.ABLE, reason, remedy));
  }
}
