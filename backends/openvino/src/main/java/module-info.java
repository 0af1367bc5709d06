/** The backend {@code openvino}: graphs through OpenVINO's compilers. */
module dev.gatun.openvinobackend {
  requires dev.gatun.engine;
  requires dev.gatun.ffi;
  requires dev.gatun.openvino;
  requires transitive dev.gatun.runtime;

  provides dev.gatun.runtime.spi.BackendProvider with
      dev.gatun.openvinobackend.OpenVinoProvider;
}
