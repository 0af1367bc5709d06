package dev.gatun.quantize.block;

import dev.gatun.tensor.BlockFormat;
import dev.gatun.tensor.DType;

/**
 * Quantizes rows of single-precision numbers to one {@link DType}, with or without an importance
 * for each column. Deterministic: the same bytes on every machine and with any number of threads,
 * those of ggml's {@code ggml_quantize_chunk} built without fused multiply-add.
 *
 * <p>Instances hold no state and may be shared between threads; rows are independent.
 */
public abstract class BlockQuantizer {
  private final DType dtype;

  BlockQuantizer(DType dtype) {
    this.dtype = dtype;
  }

  /**
   * The quantizer of a type.
   *
   * @throws IllegalArgumentException when the type cannot be quantized to
   */
  public static BlockQuantizer of(DType dtype) {
    if (!BlockFormat.of(dtype).canEncode()) {
      throw new IllegalArgumentException("cannot quantize to " + dtype);
    }
    return new PlainQuantizer(dtype);
  }

  /** The type that this quantizer writes. */
  public final DType dtype() {
    return dtype;
  }

  /** Whether an importance changes the result. */
  public boolean usesImportance() {
    return false;
  }

  /** Whether this type is useless without an importance (IQ1, IQ2_XXS, IQ2_XS …). */
  public boolean needsImportance() {
    return false;
  }

  /**
   * Quantizes rows.
   *
   * @param src {@code rows * rowLength} numbers from {@code srcOffset}; all finite
   * @param rowLength a whole number of blocks
   * @param importance one weight per column, at least {@code rowLength}; null for none
   * @param dst the blocks, from {@code dstOffset}
   */
  public abstract void quantize(
      float[] src,
      int srcOffset,
      int rows,
      int rowLength,
      float[] importance,
      byte[] dst,
      int dstOffset);
}
