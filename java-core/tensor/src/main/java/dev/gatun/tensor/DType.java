package dev.gatun.tensor;

/**
 * How the elements of a tensor are stored: plain element types, and the block formats of ggml.
 *
 * <p>A block format stores {@link #blockElements()} consecutive elements of a row in {@link
 * #blockBytes()} bytes. A plain type is a block of one element. All multi-byte fields are little
 * endian. Two formats may have the same size; the type is never derivable from it.
 *
 * <p>Names and layouts are those of ggml ({@code ggml-common.h}).
 */
public enum DType {
  F64(1, 8),
  F32(1, 4),
  F16(1, 2),
  BF16(1, 2),
  I8(1, 1),
  I16(1, 2),
  I32(1, 4),
  I64(1, 8),
  U8(1, 1),
  U16(1, 2),
  U32(1, 4),
  U64(1, 8),
  BOOL(1, 1),
  STRING(1, 0),
  Q4_0(32, 18),
  Q4_1(32, 20),
  Q5_0(32, 22),
  Q5_1(32, 24),
  Q8_0(32, 34),
  Q8_1(32, 36),
  Q2_K(256, 84),
  Q3_K(256, 110),
  Q4_K(256, 144),
  Q5_K(256, 176),
  Q6_K(256, 210),
  Q8_K(256, 292),
  IQ1_S(256, 50),
  IQ1_M(256, 56),
  IQ2_XXS(256, 66),
  IQ2_XS(256, 74),
  IQ2_S(256, 82),
  IQ3_XXS(256, 98),
  IQ3_S(256, 110),
  IQ4_NL(32, 18),
  IQ4_XS(256, 136),
  TQ1_0(256, 54),
  TQ2_0(256, 66),
  MXFP4(32, 17),
  NVFP4(64, 36),
  Q1_0(128, 18),
  Q2_0(64, 18);

  private final int blockElements;
  private final int blockBytes;

  DType(int blockElements, int blockBytes) {
    this.blockElements = blockElements;
    this.blockBytes = blockBytes;
  }

  /** Elements per block; 1 for a plain type. */
  public int blockElements() {
    return blockElements;
  }

  /** Bytes per block; 0 for {@link #STRING}, which has no fixed size. */
  public int blockBytes() {
    return blockBytes;
  }

  /** Whether several elements share a block. */
  public boolean isBlocked() {
    return blockElements > 1;
  }

  /** Whether this is one of the plain floating-point types F64, F32, F16 and BF16. */
  public boolean isFloat() {
    return this == F64 || this == F32 || this == F16 || this == BF16;
  }

  /** Stored bits per element. */
  public double bitsPerElement() {
    return 8.0 * blockBytes / blockElements;
  }

  /**
   * Bytes that {@code elements} consecutive elements take.
   *
   * @throws IllegalArgumentException when {@code elements} is negative or not a whole number of
   *     blocks
   * @throws ArithmeticException when the size does not fit a long
   */
  public long byteSize(long elements) {
    if (elements < 0 || elements % blockElements != 0) {
      throw new IllegalArgumentException(
          elements + " elements are not whole " + this + " blocks of " + blockElements);
    }
    return Math.multiplyExact(elements / blockElements, (long) blockBytes);
  }
}
