package dev.gatun.metalbackend;

import dev.gatun.ffi.LibrarySearch;
import dev.gatun.gpuengine.GpuSelfTest;
import dev.gatun.runtime.Settings;
import dev.gatun.runtime.spi.BackendException;
import dev.gatun.runtime.spi.Device;
import dev.gatun.runtime.spi.Finding;
import dev.gatun.runtime.spi.Finding.Stage;
import dev.gatun.runtime.spi.Probe;
import dev.gatun.runtime.spi.ProbeContext;
import dev.gatun.runtime.spi.SelfTest;
import java.util.Optional;

/** Opens Metal and computes on every GPU. */
final class MetalSelfTest implements SelfTest {
  private static final String REMEDY =
      "update macOS, which Metal is part of; or use another backend";

  @Override
  public Finding present(ProbeContext context) {
    return MetalBackendProvider.present(context);
  }

  /** Metal changes with macOS. */
  @Override
  public String digest(ProbeContext context) {
    return System.getProperty("os.name")
        + " "
        + System.getProperty("os.version")
        + "\n"
        + new LibrarySearch("Metal")
            .explicit(Settings.METAL_LIBRARY, context.property(Settings.METAL_LIBRARY))
            .digest();
  }

  @Override
  public Finding run(ProbeContext context) {
    Probe probe = new MetalBackendProvider().probe(context);
    for (Device device : probe.devices()) {
      try (device) {
        Optional<String> problem = GpuSelfTest.problem(device);
        if (problem.isPresent()) {
          return Finding.bad(Stage.ABLE, problem.get(), REMEDY);
        }
      } catch (BackendException e) {
        return Finding.bad(Stage.ABLE, e.getMessage(), REMEDY, e);
      }
    }
    return probe.able()
        ? Finding.good(Stage.ABLE, "a kernel was compiled and ran on " + probe.last().reason())
        : probe.last();
  }
}
