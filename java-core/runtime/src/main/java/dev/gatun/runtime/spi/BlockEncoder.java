package dev.gatun.runtime.spi;

import dev.gatun.tensor.DType;

/**
 * Encodes rows of single-precision numbers as blocks, faster than the encoders in Java and with
 * their very bytes, whatever the processor. Thread-safe.
 */
public interface BlockEncoder {
  /** Whose kernels these are, such as {@code cpu.avx512}. */
  String name();

  /** Whether {@link #encode} has a type. */
  boolean encodes(DType dtype);

  /**
   * Encodes rows; everything is checked by the caller.
   *
   * @param src {@code rows * rowLength} finite numbers from {@code srcOffset}
   * @param rowLength whole blocks
   * @param importance a weight of at least zero per column; null for none
   * @param dst receives the blocks, row after row, from {@code dstOffset}
   */
  void encode(
      DType dtype,
      float[] src,
      int srcOffset,
      int rows,
      int rowLength,
      float[] importance,
      byte[] dst,
      int dstOffset);
}
