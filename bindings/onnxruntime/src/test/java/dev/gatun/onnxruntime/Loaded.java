package dev.gatun.onnxruntime;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gatun.ffi.LibrarySearch;
import dev.gatun.ffi.PackagedFiles;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Optional;

/** The library of the Maven jar, and the tests' models. */
final class Loaded {
  private Loaded() {}

  static OnnxRuntime runtime() {
    Optional<PackagedFiles> files = RuntimeFiles.packaged();
    if (files.isEmpty()) {
      System.out.println("skipped: the jar of ONNX Runtime has no library for this platform");
    }
    assumeTrue(files.isPresent(), "the jar of ONNX Runtime has no library for this platform");
    LibrarySearch.Outcome outcome =
        new LibrarySearch(Api.LIBRARY)
            .packaged(files.get(), Path.of("target", "home").toAbsolutePath())
            .load(OnnxRuntime::refusal);
    return OnnxRuntime.of(
        outcome.library().orElseThrow(() -> new AssertionError(outcome.explanation())));
  }

  static MemorySegment model(String name, Arena arena) throws IOException {
    try (InputStream in = Loaded.class.getResourceAsStream(name)) {
      return arena.allocateFrom(ValueLayout.JAVA_BYTE, in.readAllBytes());
    }
  }
}
