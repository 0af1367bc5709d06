/** ONNX Runtime through its C API. */
module dev.gatun.onnxruntime {
  requires transitive dev.gatun.ffi;

  exports dev.gatun.onnxruntime;
}
