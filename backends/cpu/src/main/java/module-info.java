/** The CPU engine with native kernels. */
module dev.gatun.cpubackend {
  requires dev.gatun.cpu;
  requires dev.gatun.cpuengine;

  provides dev.gatun.runtime.spi.BackendProvider with
      dev.gatun.cpubackend.CpuBackendProvider;
  provides dev.gatun.runtime.spi.BlockEncoderProvider with
      dev.gatun.cpubackend.CpuBlockEncoderProvider;
}
