package dev.gatun.cudabackend;

import dev.gatun.ffi.LibrarySearch;
import dev.gatun.runtime.spi.BackendProvider;
import dev.gatun.runtime.spi.Finding;
import dev.gatun.runtime.spi.Finding.Stage;
import dev.gatun.runtime.spi.Probe;
import dev.gatun.runtime.spi.ProbeContext;
import dev.gatun.runtime.spi.RuntimeRequirement;
import java.util.List;
import java.util.Optional;

/**
 * The backend {@code cuda}: NVIDIA GPUs. It looks for the driver, loading nothing, and says that
 * nothing runs on it yet.
 */
public final class CudaBackendProvider implements BackendProvider {
  private static final String ID = "cuda";

  /** The driver's file, instead of the system's. */
  static final String LIBRARY = "gatun.cuda.library";

  public CudaBackendProvider() {}

  @Override
  public String id() {
    return ID;
  }

  @Override
  public List<RuntimeRequirement> runtimes() {
    return List.of(CudaRuntime.REQUIREMENT);
  }

  @Override
  public Probe probe(ProbeContext context) {
    LibrarySearch driver =
        new LibrarySearch("the CUDA driver")
            .explicit(LIBRARY, context.property(LIBRARY))
            .system("libcuda.so.1", "nvcuda.dll");
    Optional<String> place = driver.present();
    if (place.isEmpty()) {
      return unavailable(
          Finding.bad(
              Stage.PRESENT,
              "there is no driver of NVIDIA (looked at: %s)"
                  .formatted(String.join(", ", driver.tried())),
              "it comes with the GPU: install NVIDIA's driver, or set " + LIBRARY));
    }
    return unavailable(
        Finding.good(Stage.PRESENT, "the driver is there: " + place.get()),
        Finding.bad(
            Stage.ABLE,
            "this version of Gatun has no kernels for NVIDIA GPUs yet",
            "use another backend; `gatun devices` lists what runs here"));
  }

  private static Probe unavailable(Finding... findings) {
    return new Probe(ID, List.of(findings), List.of());
  }
}
