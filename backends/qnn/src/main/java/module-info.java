/** The backend {@code qnn}: Snapdragon NPUs. Finds its libraries; runs nothing yet. */
module dev.gatun.qnnbackend {
  requires dev.gatun.ffi;
  requires dev.gatun.runtime;

  provides dev.gatun.runtime.spi.BackendProvider with
      dev.gatun.qnnbackend.QnnBackendProvider;
}
