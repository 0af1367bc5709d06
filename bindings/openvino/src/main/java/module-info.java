/** OpenVINO's C API: finding the library, and calling it. */
module dev.gatun.openvino {
  requires transitive dev.gatun.ffi;

  exports dev.gatun.openvino;
}
