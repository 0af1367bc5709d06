/** ONNX Runtime as a backend: whole graphs through its C API. */
module dev.gatun.onnxruntimebackend {
  requires com.fasterxml.jackson.databind;
  requires dev.gatun.engine;
  requires dev.gatun.formats;
  requires dev.gatun.onnxruntime;
  requires dev.gatun.os;
  requires dev.gatun.runtime;

  provides dev.gatun.runtime.spi.BackendProvider with
      dev.gatun.onnxruntimebackend.OnnxRuntimeBackendProvider;
}
