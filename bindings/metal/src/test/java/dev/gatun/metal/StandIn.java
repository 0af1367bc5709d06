package dev.gatun.metal;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gatun.ffi.Platform;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/** Where the tests' Metal comes from: macOS, or the stand-in of {@code native/gpu}. */
final class StandIn {
  private static final Pattern INCLUDE = Pattern.compile("(?m)^#include \"([a-z_]+\\.h)\"\\n");

  private StandIn() {}

  private static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(folder.resolve("java-core"))) {
      folder = folder.getParent();
    }
    return folder;
  }

  /** Empty on a Mac; skips the test where there is neither a Mac nor the stand-in. */
  static Optional<String> library() {
    if (Platform.os().equals("macos")) {
      return Optional.empty();
    }
    Path library = root().resolve("target/gpu-standin/libgatun_metal_standin.so");
    assumeTrue(
        Files.exists(library),
        "skipped: no Metal here, and no stand-in for it (scripts/test builds it; needs gobjc)");
    return Optional.of(library.toString());
  }

  /** Skips the test on a real GPU. */
  static void require() {
    assumeTrue(library().isPresent(), "skipped: a real GPU does not do this on demand");
  }

  static Metal open() {
    return Metal.open(library()).getFirst();
  }

  /** The text of a family of kernels, as the engine gives it. */
  static String source(String family) throws IOException {
    Path gpu = root().resolve("native/gpu");
    String text = Files.readString(gpu.resolve("src/" + family + ".h"));
    for (var include = INCLUDE.matcher(text); include.find(); include = INCLUDE.matcher(text)) {
      text = include.replaceFirst(Files.readString(gpu.resolve("src/" + include.group(1))));
    }
    return Files.readString(gpu.resolve("include/prelude_metal.h")) + text;
  }

  /** A setting of the stand-in; see its README. */
  static void set(String setting, long value) {
    try (Arena arena = Arena.ofConfined()) {
      MethodHandle call =
          function(
              "gatun_metal_standin_set",
              FunctionDescriptor.ofVoid(ValueLayout.ADDRESS, ValueLayout.JAVA_LONG));
      call.invokeExact(arena.allocateFrom(setting), value);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  /** Objects of the stand-in that live. */
  static long alive() {
    try {
      return (long)
          function("gatun_metal_standin_alive", FunctionDescriptor.of(ValueLayout.JAVA_LONG))
              .invokeExact();
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  private static MethodHandle function(String name, FunctionDescriptor types) {
    MemorySegment found = SymbolLookup.loaderLookup().findOrThrow(name);
    return Linker.nativeLinker().downcallHandle(found, types);
  }
}
