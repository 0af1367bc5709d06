package dev.gatun.cudabackend;

import dev.gatun.runtime.spi.PackageClient;
import dev.gatun.runtime.spi.PackageFile;
import dev.gatun.runtime.spi.RuntimeRequirement;
import dev.gatun.runtime.spi.RuntimeRequirement.Licence;
import dev.gatun.runtime.spi.RuntimeRequirement.Own;
import dev.gatun.runtime.spi.RuntimeRequirement.Part;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** NVIDIA's libraries beside the driver: runtime, NVRTC and cuBLAS, from wheels of PyPI. */
final class CudaRuntime {
  private static final String TOOLKIT = "13.5.37";
  private static final String CUBLAS = "13.10.0.20";
  private static final String LICENCE =
      "nvidia_cuda_runtime-" + TOOLKIT + ".dist-info/licenses/License.txt";

  static final RuntimeRequirement REQUIREMENT =
      new RuntimeRequirement(
          "cuda",
          TOOLKIT,
          "NVIDIA's CUDA runtime, NVRTC and cuBLAS; the driver comes with the GPU",
          new Licence(
              "NVIDIA Software License Agreement, CUDA Toolkit supplement",
              "https://docs.nvidia.com/cuda/eula/ (and License.txt in the installed folder)",
              true),
          Map.of(
              "linux-x86_64",
              List.of(
                  wheel(
                      "nvidia-cuda-runtime",
                      TOOLKIT,
                      "df2b79a8852f10d1fef8c848489c49eebb5754051bf870202a862831412b179d",
                      "manylinux2014_x86_64.manylinux_2_17_x86_64",
                      "nvidia/cu13/lib/libcudart.so.*",
                      LICENCE),
                  wheel(
                      "nvidia-cuda-nvrtc",
                      TOOLKIT,
                      "86b4d68058807988b7d9af5b44917a0601e9c337f35ccd657bfb3c759ff8d8bc",
                      "manylinux2010_x86_64.manylinux_2_12_x86_64",
                      "nvidia/cu13/lib/libnvrtc*"),
                  wheel(
                      "nvidia-cublas",
                      CUBLAS,
                      "dcc6d63884c53d07e267ce7e6feac17b2538cebaafec5db865736c3e28e4dc84",
                      "manylinux1_x86_64.manylinux_2_5_x86_64",
                      "nvidia/cu13/lib/libcublas*")),
              "linux-aarch64",
              List.of(
                  wheel(
                      "nvidia-cuda-runtime",
                      TOOLKIT,
                      "de2dc5a7367974228b0a69588a9acc9340d3768bef1bf38bf0801eb08497cd2d",
                      "manylinux2014_aarch64.manylinux_2_17_aarch64",
                      "nvidia/cu13/lib/libcudart.so.*",
                      LICENCE),
                  wheel(
                      "nvidia-cuda-nvrtc",
                      TOOLKIT,
                      "36e4fa2a8ada293f5693d308e531c196ab6f91cf7a0ff479bf96a537d43a6096",
                      "manylinux2014_aarch64.manylinux_2_17_aarch64",
                      "nvidia/cu13/lib/libnvrtc*"),
                  wheel(
                      "nvidia-cublas",
                      CUBLAS,
                      "c5f3418c0a845232a8cabc58f6fa52cfae7d8bd3680d94c3907aca710fd48d70",
                      "manylinux2014_aarch64.manylinux_2_17_aarch64",
                      "nvidia/cu13/lib/libcublas*")),
              "windows-x86_64",
              List.of(
                  wheel(
                      "nvidia-cuda-runtime",
                      TOOLKIT,
                      "f225d3fa5ea6bfbb58fc4979ef72375cbe661d9107f0d8a4ff22cc151525e4a9",
                      "win_amd64",
                      "nvidia/cu13/bin/x86_64/cudart64_*.dll",
                      LICENCE),
                  wheel(
                      "nvidia-cuda-nvrtc",
                      TOOLKIT,
                      "e8e6c10b251385707ae3abd7b4ee118de6736fd7678d0f0f4eab4d759f679c21",
                      "win_amd64",
                      "nvidia/cu13/bin/x86_64/nvrtc*.dll"),
                  wheel(
                      "nvidia-cublas",
                      CUBLAS,
                      "c310b749eea855b88fafb906de08d6819b87216c6711640771764fea5dcd8546",
                      "win_amd64",
                      "nvidia/cu13/bin/x86_64/cublas*.dll"))),
          new Own(
              List.of("CUDA_HOME", "CUDA_PATH"),
              List.of("lib64", "lib", "bin/x64", "bin", ""),
              Map.of(
                  "linux", List.of("libnvrtc.so.13*", "libnvrtc.so"),
                  "windows", List.of("nvrtc64_13*.dll")),
              Optional.empty()));

  private CudaRuntime() {}

  private static Part wheel(
      String project, String version, String sha256, String platform, String... members) {
    return new Part(
        new PackageFile(PackageClient.PIP, project, version, sha256, "py3-none-" + platform),
        List.of(members));
  }
}
