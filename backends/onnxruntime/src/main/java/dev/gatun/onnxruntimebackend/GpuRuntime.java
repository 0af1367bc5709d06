package dev.gatun.onnxruntimebackend;

import dev.gatun.runtime.spi.PackageClient;
import dev.gatun.runtime.spi.PackageFile;
import dev.gatun.runtime.spi.RuntimeRequirement;
import dev.gatun.runtime.spi.RuntimeRequirement.Licence;
import dev.gatun.runtime.spi.RuntimeRequirement.Own;
import dev.gatun.runtime.spi.RuntimeRequirement.Part;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * ONNX Runtime with NVIDIA's execution providers. It is not looked for: who wants it names its
 * library by {@link RuntimeSearch#LIBRARY}. Not run on device.
 */
final class GpuRuntime {
  private static final String VERSION = "1.29.0";

  static final RuntimeRequirement REQUIREMENT =
      new RuntimeRequirement(
          "onnxruntime-gpu",
          VERSION,
          "ONNX Runtime with NVIDIA's providers; set "
              + RuntimeSearch.LIBRARY
              + " to its library to use it",
          new Licence("MIT", "LICENSE in the installed folder", false),
          Map.of(
              "linux-x86_64",
              wheel(
                  "manylinux_2_28_x86_64",
                  "de3caf93887ba4ad51c7d3cab04c7b464f9dd93c51047be5bfb413fd4a191e6a",
                  "onnxruntime/capi/libonnxruntime*"),
              "windows-x86_64",
              wheel(
                  "win_amd64",
                  "fb6045d8623a5b9f949449bb4b93bab92e7f77578a2dc34420babacd16e2908c",
                  "onnxruntime/capi/*.dll")),
          new Own(
              List.of(),
              List.of(),
              Map.of(
                  "linux", List.of("libonnxruntime.so.*"),
                  "windows", List.of("onnxruntime.dll")),
              Optional.empty()));

  private GpuRuntime() {}

  private static List<Part> wheel(String platform, String sha256, String libraries) {
    var archive =
        new PackageFile(
            PackageClient.PIP, "onnxruntime-gpu", VERSION, sha256, "cp311-cp311-" + platform);
    return List.of(new Part(archive, List.of(libraries, "onnxruntime/LICENSE")));
  }
}
