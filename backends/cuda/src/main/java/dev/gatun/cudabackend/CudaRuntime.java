package dev.gatun.cudabackend;

import dev.gatun.ffi.LibrarySearch;
import dev.gatun.ffi.PackagedFiles;
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

/** NVIDIA's libraries beside the driver, from wheels of PyPI. */
final class CudaRuntime {
  private static final String TOOLKIT = "13.5.37";

  /** The CUDA that the kernels are compiled with. */
  static final int GENERATION = 13;

  private static final String CUBLAS_VERSION = "13.10.0.20";

  private static final Licence LICENCE =
      new Licence(
          "NVIDIA Software License Agreement, CUDA Toolkit supplement",
          "https://docs.nvidia.com/cuda/eula/ (and License.txt in the installed folder)",
          true);

  /** The compiler of the kernels: what the backend needs. */
  static final RuntimeRequirement NVRTC =
      new RuntimeRequirement(
          "cuda",
          TOOLKIT,
          "NVIDIA's compiler NVRTC; the driver comes with the GPU",
          LICENCE,
          Map.of(
              "linux-x86_64",
              nvrtc(
                  "86b4d68058807988b7d9af5b44917a0601e9c337f35ccd657bfb3c759ff8d8bc",
                  "manylinux2010_x86_64.manylinux_2_12_x86_64",
                  "nvidia/cu13/lib/libnvrtc*"),
              "linux-aarch64",
              nvrtc(
                  "36e4fa2a8ada293f5693d308e531c196ab6f91cf7a0ff479bf96a537d43a6096",
                  "manylinux2014_aarch64.manylinux_2_17_aarch64",
                  "nvidia/cu13/lib/libnvrtc*"),
              "windows-x86_64",
              nvrtc(
                  "e8e6c10b251385707ae3abd7b4ee118de6736fd7678d0f0f4eab4d759f679c21",
                  "win_amd64",
                  "nvidia/cu13/bin/x86_64/nvrtc*.dll")),
          own(List.of("libnvrtc.so.13*", "libnvrtc.so"), "nvrtc64_13*.dll"));

  /** Products of large matrices: what the benchmark of a GPU is held against. */
  static final RuntimeRequirement CUBLAS =
      new RuntimeRequirement(
          "cublas",
          CUBLAS_VERSION,
          "NVIDIA's cuBLAS, with cuBLASLt; 0.5 GB, optional",
          LICENCE,
          Map.of(
              "linux-x86_64",
              cublas(
                  "dcc6d63884c53d07e267ce7e6feac17b2538cebaafec5db865736c3e28e4dc84",
                  "manylinux1_x86_64.manylinux_2_5_x86_64",
                  "nvidia/cu13/lib/libcublas*"),
              "linux-aarch64",
              cublas(
                  "c5f3418c0a845232a8cabc58f6fa52cfae7d8bd3680d94c3907aca710fd48d70",
                  "manylinux2014_aarch64.manylinux_2_17_aarch64",
                  "nvidia/cu13/lib/libcublas*"),
              "windows-x86_64",
              cublas(
                  "c310b749eea855b88fafb906de08d6819b87216c6711640771764fea5dcd8546",
                  "win_amd64",
                  "nvidia/cu13/bin/x86_64/cublas*.dll")),
          own(List.of("libcublasLt.so.13*", "libcublasLt.so"), "cublasLt64_13*.dll"));

  /** Setting: NVRTC's file, instead of an installed one. */
  static final String NVRTC_LIBRARY = "gatun.nvrtc.library";

  private CudaRuntime() {}

  /**
   * Where NVRTC is looked for: the setting's file and no other; in the jar; installed; the user's
   * own; the system's.
   */
  static LibrarySearch search(ProbeContext context) {
    LibrarySearch search =
        new LibrarySearch("NVRTC").explicit(NVRTC_LIBRARY, context.property(NVRTC_LIBRARY));
    search.runtime(
        PackagedFiles.runtime(CudaRuntime.class, NVRTC.name()),
        context.property(LibrarySearch.NATIVE_FOLDER),
        context.home());
    for (FoundRuntimes.Copy copy : context.runtimes(NVRTC).copies()) {
      search.candidate(copy.label(), copy.library());
    }
    return search.system("libnvrtc.so.13", "nvrtc64_130_0.dll");
  }

  private static Own own(List<String> linux, String windows) {
    return new Own(
        List.of("CUDA_HOME", "CUDA_PATH"),
        List.of("lib64", "lib", "bin/x64", "bin", ""),
        Map.of("linux", linux, "windows", List.of(windows)),
        Optional.empty());
  }

  private static List<Part> nvrtc(String sha256, String platform, String libraries) {
    return wheel("nvidia-cuda-nvrtc", TOOLKIT, sha256, platform, libraries);
  }

  private static List<Part> cublas(String sha256, String platform, String libraries) {
    return wheel("nvidia-cublas", CUBLAS_VERSION, sha256, platform, libraries);
  }

  private static List<Part> wheel(
      String project, String version, String sha256, String platform, String libraries) {
    String licence =
        "%s-%s.dist-info/licenses/License.txt".formatted(project.replace('-', '_'), version);
    return List.of(
        new Part(
            new PackageFile(PackageClient.PIP, project, version, sha256, "py3-none-" + platform),
            List.of(libraries, licence)));
  }
}
