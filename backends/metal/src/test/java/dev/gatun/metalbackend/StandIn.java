package dev.gatun.metalbackend;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gatun.ffi.Platform;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Where the tests' Metal comes from: macOS, or the stand-in of {@code native/gpu}. */
final class StandIn {
  private StandIn() {}

  /** Empty on a Mac; skips the test where there is neither a Mac nor the stand-in. */
  static Optional<String> library() {
    if (Platform.os().equals("macos")) {
      return Optional.empty();
    }
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(folder.resolve("java-core"))) {
      folder = folder.getParent();
    }
    Path library = folder.resolve("target/gpu-standin/libgatun_metal_standin.so");
    assumeTrue(
        Files.exists(library),
        "skipped: no Metal here, and no stand-in for it (scripts/test builds it; needs gobjc)");
    return Optional.of(library.toString());
  }
}
