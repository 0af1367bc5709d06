package dev.gatun.onnxruntime;

import dev.gatun.ffi.PackagedFiles;
import dev.gatun.ffi.Platform;
import java.util.List;
import java.util.Optional;

/** Names of the library's files. */
public final class RuntimeFiles {
  private RuntimeFiles() {}

  /**
   * The library in the jar {@code com.microsoft.onnxruntime:onnxruntime}, when that is there; empty
   * where it has none for this platform.
   */
  public static Optional<PackagedFiles> packaged() {
    return switch (Platform.current()) {
      case "linux-x86_64" -> files("linux-x64", "libonnxruntime.so");
      case "linux-aarch64" -> files("linux-aarch64", "libonnxruntime.so");
      case "macos-aarch64" -> files("osx-aarch64", "libonnxruntime.dylib");
      case "windows-x86_64" ->
          files("win-x64", "onnxruntime.dll", "onnxruntime_providers_shared.dll");
      default -> Optional.empty();
    };
  }

  private static Optional<PackagedFiles> files(String folder, String... names) {
    return Optional.of(
        new PackagedFiles(RuntimeFiles.class, "ai/onnxruntime/native/" + folder, List.of(names)));
  }

  /** What the library is called on this system, with and without its version, best first. */
  public static List<String> names(String version) {
    return switch (Platform.os()) {
      case "windows" -> List.of("onnxruntime.dll");
      case "macos" -> List.of("libonnxruntime.dylib", "libonnxruntime." + version + ".dylib");
      default ->
          List.of("libonnxruntime.so", "libonnxruntime.so.1", "libonnxruntime.so." + version);
    };
  }
}
