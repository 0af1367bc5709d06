/** The backend {@code cuda}: NVIDIA GPUs. Finds its libraries; runs nothing yet. */
module dev.gatun.cudabackend {
  requires dev.gatun.ffi;
  requires dev.gatun.runtime;

  provides dev.gatun.runtime.spi.BackendProvider with
      dev.gatun.cudabackend.CudaBackendProvider;
}
