/** Qualcomm's QNN: finding a backend's library, and calling it. */
module dev.gatun.qnn {
  requires transitive dev.gatun.ffi;

  exports dev.gatun.qnn;
}
