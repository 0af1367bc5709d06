package dev.gatun.qnnbackend;

import dev.gatun.ffi.LibrarySearch;
import dev.gatun.runtime.spi.FoundRuntimes;
import dev.gatun.runtime.spi.PackageClient;
import dev.gatun.runtime.spi.PackageFile;
import dev.gatun.runtime.spi.ProbeContext;
import dev.gatun.runtime.spi.RuntimeRequirement;
import dev.gatun.runtime.spi.RuntimeRequirement.Licence;
import dev.gatun.runtime.spi.RuntimeRequirement.Own;
import dev.gatun.runtime.spi.RuntimeRequirement.Part;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Qualcomm's QNN libraries, out of the wheel of ONNX Runtime's QNN provider (QAIRT 2.51). On x86-64
 * they are a simulator of the NPU.
 */
final class QnnRuntime {
  private static final String VERSION = "2.7.0";
  private static final String LICENCE = "onnxruntime_qnn/*LICENSE*";

  static final RuntimeRequirement REQUIREMENT =
      new RuntimeRequirement(
          "qnn",
          VERSION,
          "Qualcomm's QNN for Snapdragon NPUs; on x86-64 a simulator",
          new Licence(
              "Qualcomm AI Stack License (proprietary)",
              "Qualcomm_LICENSE.pdf in the wheel onnxruntime-qnn "
                  + VERSION
                  + " and in the installed folder; redistribution only in object code inside an"
                  + " application, no reverse engineering",
              true),
          Map.of(
              "linux-x86_64",
              List.of(
                  part(
                      "c56c01562b8534fe8980cfea4601408d950c065f8251fb862ce82101c52c9849",
                      "manylinux_2_35_x86_64",
                      "onnxruntime_qnn/lib*.so",
                      "onnxruntime_qnn.libs/*",
                      LICENCE)),
              "linux-aarch64",
              List.of(
                  part(
                      "ad08bbfebd7c07ffe83995418303215f46cb25a89e12676f47ee20c32002eaad",
                      "manylinux_2_34_aarch64",
                      "onnxruntime_qnn/lib*.so",
                      LICENCE)),
              "windows-x86_64",
              List.of(
                  part(
                      "92ef39a0241fd941b1cb5285a43b8643e3515626eaff7fe7aec186cc9465b411",
                      "win_amd64",
                      "onnxruntime_qnn/libs/amd64/*.dll",
                      LICENCE)),
              "windows-aarch64",
              List.of(
                  part(
                      "b919227025f1feb0d2c5cc4232951de22f738b80995e9d4f2af79c3b66e3c95d",
                      "win_arm64",
                      "onnxruntime_qnn/*.dll",
                      "onnxruntime_qnn/*.so",
                      "onnxruntime_qnn/*.cat",
                      LICENCE))),
          new Own(
              List.of("QNN_SDK_ROOT"),
              List.of(
                  "lib/x86_64-linux-clang",
                  "lib/aarch64-oe-linux-gcc11.2",
                  "lib/aarch64-windows-msvc",
                  "lib/x86_64-windows-msvc",
                  "lib",
                  ""),
              Map.of("linux", List.of("libQnnHtp.so"), "windows", List.of("QnnHtp.dll")),
              Optional.empty()));

  private QnnRuntime() {}

  /** Where to look: the setting's file and no other; installed; the user's own; the system's. */
  static LibrarySearch search(ProbeContext context) {
    LibrarySearch search =
        new LibrarySearch("QNN")
            .explicit(QnnSettings.LIBRARY, context.property(QnnSettings.LIBRARY));
    for (FoundRuntimes.Copy copy : context.runtimes(REQUIREMENT).copies()) {
      search.candidate(copy.label(), copy.library());
    }
    return search.system(Unit.HTP.library(false), Unit.HTP.library(true));
  }

  /** What must not be used, and why; empty for nothing. */
  static String problems(ProbeContext context) {
    return String.join("; ", context.runtimes(REQUIREMENT).problems());
  }

  static String remedy() {
    return "run `%s --accept-licence`, or set QNN_SDK_ROOT to Qualcomm's SDK, or %s to its %s"
        .formatted(REQUIREMENT.installCommand(), QnnSettings.LIBRARY, Unit.HTP.library(false));
  }

  private static Part part(String sha256, String platform, String... members) {
    return new Part(
        new PackageFile(
            PackageClient.PIP, "onnxruntime-qnn", VERSION, sha256, "cp311-cp311-" + platform),
        List.of(members));
  }
}
