/** CUDA's driver, NVRTC and cuBLASLt: finding the libraries, and calling them. */
module dev.gatun.cuda {
  requires transitive dev.gatun.ffi;

  exports dev.gatun.cuda;
}
