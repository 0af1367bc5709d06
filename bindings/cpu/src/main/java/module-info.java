/** Gatun's own C kernels for CPUs: finding the library, and calling it. */
module dev.gatun.cpu {
  requires dev.gatun.ffi;

  exports dev.gatun.cpu;
}
