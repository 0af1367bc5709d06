package dev.gatun.formats.onnx.lower;

/**
 * How to lower.
 *
 * @param accuracyLevel arithmetic of products with weights of a block format, as {@code
 *     MatMulNBits} counts it: 1 single precision; 4 activations rounded to 8 bits, block by block,
 *     which is several times as fast
 */
public record ExportOptions(int accuracyLevel) {
  /** Fast products. */
  public static final ExportOptions DEFAULT = new ExportOptions(4);

  /** Single precision throughout. */
  public static final ExportOptions SINGLE_PRECISION = new ExportOptions(1);
}
