package dev.gatun.openvinobackend;

import dev.gatun.ffi.LibrarySearch;
import dev.gatun.ffi.PackagedFiles;
import dev.gatun.openvino.OpenVino;
import dev.gatun.runtime.spi.FoundRuntimes;
import dev.gatun.runtime.spi.PackageClient;
import dev.gatun.runtime.spi.PackageFile;
import dev.gatun.runtime.spi.ProbeContext;
import dev.gatun.runtime.spi.RuntimeRequirement;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Intel's libraries: where their packages are, and where they are looked for. */
final class OpenVinoRuntime {
  private static final String NAME = "openvino";

  /** Its licence, and those of what it contains. */
  private static final String LICENCES = "openvino-" + OpenVino.VERSION + ".dist-info/licenses/**";

  static final RuntimeRequirement REQUIREMENT =
      new RuntimeRequirement(
          NAME,
          OpenVino.VERSION,
          "Intel OpenVINO: CPU everywhere, GPU and NPU on x86-64",
          new RuntimeRequirement.Licence(
              "Apache-2.0", "openvino-" + OpenVino.VERSION + ".dist-info/licenses/LICENSE", false),
          Map.of(
              "linux-x86_64",
              wheel(
                  "manylinux_2_28_x86_64",
                  "6b4375c17ddcac83a5180349e2e2bb811185c261066e2a920659892d58ef0e3b"),
              "linux-aarch64",
              wheel(
                  "manylinux_2_35_aarch64",
                  "82efccb2f9f1bdc7e5a1996e05a3b719ebff9232dd54b44150d6d2e983a86b7d"),
              "macos-aarch64",
              wheel(
                  "macosx_11_0_arm64",
                  "726ac547b8474a5e7b145bc1ae5a8bb6fbcbb60b79bd9a611c67eec2c74b7a5f"),
              "windows-x86_64",
              wheel(
                  "win_amd64", "4e04316abff1b99e29b8cbd38deaef9bde4739eba216d982d4b3981e456ecd87")),
          new RuntimeRequirement.Own(
              List.of("INTEL_OPENVINO_DIR", "OpenVINO_DIR"),
              List.of(
                  "",
                  "libs",
                  "runtime/lib/intel64",
                  "runtime/lib/aarch64",
                  "runtime/lib/arm64/Release",
                  "runtime/bin/intel64/Release",
                  // OpenVINO_DIR is runtime/cmake of an archive, or the folder of the headers.
                  "../lib/intel64",
                  "../lib/aarch64"),
              Map.of(
                  "linux", List.of("libopenvino_c.so.*", "libopenvino_c.so"),
                  "macos", List.of("libopenvino_c.*.dylib", "libopenvino_c.dylib"),
                  "windows", List.of("openvino_c.dll")),
              Optional.empty()));

  private OpenVinoRuntime() {}

  private static List<RuntimeRequirement.Part> wheel(String platform, String sha256) {
    // The libraries do not depend on Python: any wheel of a platform has the same.
    var archive =
        new PackageFile(
            PackageClient.PIP, NAME, OpenVino.VERSION, sha256, "cp312-cp312-" + platform);
    return List.of(new RuntimeRequirement.Part(archive, List.of("openvino/libs/*", LICENCES)));
  }

  /**
   * Where to look: the setting's file and no other; in the jar; installed; the user's own; the
   * system's.
   */
  static LibrarySearch search(ProbeContext context) {
    LibrarySearch search =
        new LibrarySearch("OpenVINO")
            .explicit(OpenVinoSettings.LIBRARY, context.property(OpenVinoSettings.LIBRARY));
    search.runtime(
        PackagedFiles.runtime(OpenVinoRuntime.class, NAME),
        context.property(LibrarySearch.NATIVE_FOLDER),
        context.home());
    for (FoundRuntimes.Copy copy : context.runtimes(REQUIREMENT).copies()) {
      search.candidate(copy.label(), copy.library());
    }
    return search.system(OpenVino.libraryName(), "libopenvino_c.so." + OpenVino.VERSION);
  }

  /** What must not be used, and why; empty for nothing. */
  static String problems(ProbeContext context) {
    return String.join("; ", context.runtimes(REQUIREMENT).problems());
  }

  static String remedy() {
    return "run `%s`, or set %s to libopenvino_c of OpenVINO %s"
        .formatted(REQUIREMENT.installCommand(), OpenVinoSettings.LIBRARY, OpenVino.VERSION);
  }
}
