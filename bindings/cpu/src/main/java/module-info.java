/** Gatun's own C kernels for CPUs: finding the library, and calling it. */
module dev.gatun.cpu {
  requires transitive dev.gatun.tensor;

  exports dev.gatun.cpu;
}
