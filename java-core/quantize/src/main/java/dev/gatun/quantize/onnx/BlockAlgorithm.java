package dev.gatun.quantize.onnx;

/** A way to find codes, scales and zero points. Stateless; columns are independent. */
@FunctionalInterface
interface BlockAlgorithm {
  /**
   * Quantizes a matrix.
   *
   * @param weights [k, n], row by row, all finite
   */
  BlockCodes quantize(WeightMatrix weights, BlockShape shape);
}
