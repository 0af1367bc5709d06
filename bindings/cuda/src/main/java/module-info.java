/** CUDA's driver, NVRTC, cuBLASLt and NVML: finding the libraries, and calling them. */
module dev.gatun.cuda {
  requires transitive dev.gatun.ffi;

  exports dev.gatun.cuda;
}
