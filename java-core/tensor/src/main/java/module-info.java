/**
 * Element types, block formats, and tensors as views of memory. Knows no file format and no vendor.
 */
module dev.gatun.tensor {
  exports dev.gatun.tensor;
}
