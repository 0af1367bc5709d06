/** The backend {@code qnn}: Snapdragon NPUs, and their simulator. */
module dev.gatun.qnnbackend {
  requires dev.gatun.engine;
  requires dev.gatun.ffi;
  requires dev.gatun.qnn;
  requires transitive dev.gatun.runtime;

  provides dev.gatun.runtime.spi.BackendProvider with
      dev.gatun.qnnbackend.QnnBackendProvider;
}
