/** The backend {@code metal}: Apple's GPUs. */
module dev.gatun.metalbackend {
  requires dev.gatun.gpuengine;
  requires dev.gatun.metal;

  provides dev.gatun.runtime.spi.BackendProvider with
      dev.gatun.metalbackend.MetalBackendProvider;
}
