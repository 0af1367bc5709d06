/** The backend {@code cuda}: NVIDIA GPUs. */
module dev.gatun.cudabackend {
  requires dev.gatun.cuda;
  requires dev.gatun.gpuengine;

  provides dev.gatun.runtime.spi.BackendProvider with
      dev.gatun.cudabackend.CudaBackendProvider;
}
