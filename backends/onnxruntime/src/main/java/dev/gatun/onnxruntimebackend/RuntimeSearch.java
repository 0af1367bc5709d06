package dev.gatun.onnxruntimebackend;

import dev.gatun.ffi.LibrarySearch;
import dev.gatun.onnxruntime.RuntimeFiles;
import dev.gatun.runtime.spi.FoundRuntimes;
import dev.gatun.runtime.spi.PackageClient;
import dev.gatun.runtime.spi.PackageFile;
import dev.gatun.runtime.spi.ProbeContext;
import dev.gatun.runtime.spi.RuntimeRequirement;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Where ONNX Runtime may be. */
final class RuntimeSearch {
  /** Setting: path of the library, instead of any other. */
  static final String LIBRARY = "gatun.onnxruntime.library";

  private static final String VERSION = "1.29.0";
  private static final String OLDEST = "1.24";

  private static final PackageFile JAR =
      PackageFile.of(
          PackageClient.MAVEN,
          "com.microsoft.onnxruntime:onnxruntime",
          VERSION,
          "5933bbc0c6c4d89afc04bf7c11011de23a947509c1352e5bf5936e62a84e4d10");

  /** The one package with a library for Windows on Arm. */
  private static final PackageFile NODE =
      PackageFile.of(
          PackageClient.NPM,
          "onnxruntime-node",
          VERSION,
          "cfdfb45ec4044b1fdca43e5d2e180fb6817e649ff8ad1e0dfc90e18e51b67037");

  static final RuntimeRequirement REQUIREMENT =
      new RuntimeRequirement(
          "onnxruntime",
          VERSION,
          "ONNX Runtime with its execution provider for CPUs",
          new RuntimeRequirement.Licence("MIT", "LICENSE in the package", false),
          Map.of(
              "linux-x86_64", jar("linux-x64", "libonnxruntime.so"),
              "linux-aarch64", jar("linux-aarch64", "libonnxruntime.so"),
              "macos-aarch64", jar("osx-aarch64", "libonnxruntime.dylib"),
              "windows-x86_64", jar("win-x64", "onnxruntime*.dll"),
              "windows-aarch64",
                  List.of(
                      new RuntimeRequirement.Part(
                          NODE, List.of("package/bin/napi-v6/win32/arm64/*.dll")))),
          new RuntimeRequirement.Own(
              List.of("ORT_HOME"),
              List.of("", "lib", "capi", "bin"),
              Map.of(
                  "linux", List.of("libonnxruntime.so", "libonnxruntime.so.*"),
                  "macos", List.of("libonnxruntime.dylib", "libonnxruntime.*.dylib"),
                  "windows", List.of("onnxruntime.dll")),
              Optional.of(OLDEST)));

  private RuntimeSearch() {}

  private static List<RuntimeRequirement.Part> jar(String folder, String file) {
    return List.of(
        new RuntimeRequirement.Part(JAR, List.of("ai/onnxruntime/native/" + folder + "/" + file)));
  }

  /** The places, in order: setting, jar, installed and the user's own, system. */
  static LibrarySearch of(ProbeContext context) {
    var search = new LibrarySearch("ONNX Runtime").explicit(LIBRARY, context.property(LIBRARY));
    search.unpacked(
        context.property(LibrarySearch.NATIVE_FOLDER), RuntimeFiles.names(VERSION).getFirst());
    RuntimeFiles.packaged().ifPresent(files -> search.packaged(files, context.home()));
    FoundRuntimes found = context.runtimes(REQUIREMENT);
    for (FoundRuntimes.Copy copy : found.copies()) {
      search.candidate(copy.label(), copy.library());
    }
    return search.system(RuntimeFiles.names(VERSION).toArray(String[]::new));
  }

  /** What a user without any can do. */
  static String remedy() {
    return "add the dependency com.microsoft.onnxruntime:onnxruntime:"
        + VERSION
        + ", run `"
        + REQUIREMENT.installCommand()
        + "`, or set "
        + LIBRARY
        + " to the library's path";
  }
}
