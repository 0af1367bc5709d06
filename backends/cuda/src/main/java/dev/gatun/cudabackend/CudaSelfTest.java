package dev.gatun.cudabackend;

import dev.gatun.gpuengine.GpuSelfTest;
import dev.gatun.runtime.spi.Device;
import dev.gatun.runtime.spi.Finding;
import dev.gatun.runtime.spi.Finding.Stage;
import dev.gatun.runtime.spi.Probe;
import dev.gatun.runtime.spi.ProbeContext;
import dev.gatun.runtime.spi.SelfTest;
import java.util.Optional;

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
    Probe probe = new CudaBackendProvider().probe(context);
    for (Device device : probe.devices()) {
      try (device) {
        Optional<String> problem = GpuSelfTest.problem(device);
        if (problem.isPresent()) {
          return Finding.bad(Stage.ABLE, problem.get(), "update NVIDIA's driver");
        }
      }
    }
    return probe.able()
        ? Finding.good(
            Stage.ABLE,
            probe.last().reason()
                + "; "
                + String.join(
                    ", ", probe.devices().stream().map(each -> each.info().id()).toList()))
        : probe.last();
  }
}
