package dev.gatun.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

/**
 * How the blocks of one {@link DType} turn into single-precision numbers, and for some types back.
 *
 * <p>Decoding is exact: the same single-precision operations in the same order as ggml's scalar
 * {@code dequantize_row_*} functions without fused multiply-add, so results are equal bit for bit
 * (a NaN may carry another payload). Integers convert as a Java {@code (float)} cast does, {@link
 * DType#F64} rounds to nearest, {@link DType#BOOL} is 0 or 1.
 *
 * <p>Encoding is deterministic and byte-identical to ggml's {@code quantize_row_*_ref} functions.
 * It is meant for test data, caches and small tensors; it uses no importance matrix.
 *
 * <p>Instances hold no state and may be shared between threads.
 */
public abstract class BlockFormat {
  /** Bytes that a segment is read in, so that the inner loops run on an array. */
  private static final int CHUNK_BYTES = 4096;

  private final DType dtype;

  BlockFormat(DType dtype) {
    this.dtype = dtype;
  }

  /**
   * The format of a type.
   *
   * @throws IllegalArgumentException for {@link DType#STRING}, which holds no numbers
   */
  public static BlockFormat of(DType dtype) {
    return switch (dtype) {
      case F64 -> new FloatFormats.F64();
      case F32 -> new FloatFormats.F32();
      case F16 -> new FloatFormats.F16();
      case BF16 -> new FloatFormats.Bf16();
      case I8, I16, I32, I64, U8, U16, U32, U64, BOOL -> new IntegerFormat(dtype);
      case STRING -> throw new IllegalArgumentException("a STRING tensor holds no numbers");
      case Q4_0 -> new SymmetricFormats.Q4_0();
      case Q5_0 -> new SymmetricFormats.Q5_0();
      case Q8_0 -> new SymmetricFormats.Q8_0();
      case Q8_1 -> new SymmetricFormats.Q8_1();
      case Q8_K -> new SymmetricFormats.Q8K();
      case Q4_1 -> new AffineFormats.Q4_1();
      case Q5_1 -> new AffineFormats.Q5_1();
      case Q2_K -> new KFormats.Q2K();
      case Q3_K -> new KFormats.Q3K();
      case Q4_K -> new KFormats.Q4K();
      case Q5_K -> new KFormats.Q5K();
      case Q6_K -> new KFormats.Q6K();
      case IQ4_NL -> new CodebookFormats.Iq4Nl();
      case IQ4_XS -> new CodebookFormats.Iq4Xs();
      case MXFP4 -> new CodebookFormats.Mxfp4();
      case NVFP4 -> new CodebookFormats.Nvfp4();
      case IQ2_XXS -> new Grid2Formats.Iq2Xxs();
      case IQ2_XS -> new Grid2Formats.Iq2Xs();
      case IQ2_S -> new Grid2Formats.Iq2S();
      case IQ3_XXS -> new Grid3Formats.Iq3Xxs();
      case IQ3_S -> new Grid3Formats.Iq3S();
      case IQ1_S -> new Grid1Formats.Iq1S();
      case IQ1_M -> new Grid1Formats.Iq1M();
      case TQ1_0 -> new TernaryFormats.Tq1();
      case TQ2_0 -> new TernaryFormats.Tq2();
      case Q1_0 -> new TernaryFormats.Q1();
      case Q2_0 -> new TernaryFormats.Q2();
    };
  }

  /** The type that this format reads. */
  public final DType dtype() {
    return dtype;
  }

  /** Whether {@link #encode} is offered: for F64, F32, F16, BF16, Q4_0, Q4_1, Q5_0, Q5_1, Q8_0. */
  public boolean canEncode() {
    return false;
  }

  /**
   * Decodes {@code count} elements from {@code src} at byte {@code srcOffset} to {@code dst} at
   * index {@code dstOffset}. Allocates one scratch array of at most 4 KiB; see the variant over a
   * byte array for callers that must not allocate.
   *
   * @param count elements, a whole number of blocks
   * @throws IllegalArgumentException when {@code count} is not whole blocks
   * @throws IndexOutOfBoundsException when either side is too short
   */
  public void decode(MemorySegment src, long srcOffset, float[] dst, int dstOffset, int count) {
    long bytes = checkedBytes(dst.length, dstOffset, count);
    Objects.checkFromIndexSize(srcOffset, bytes, src.byteSize());
    int blockBytes = dtype.blockBytes();
    int chunkBlocks = (int) Math.min(CHUNK_BYTES / blockBytes, bytes / blockBytes);
    byte[] chunk = new byte[chunkBlocks * blockBytes];
    int left = count / dtype.blockElements();
    while (left > 0) {
      int blocks = Math.min(left, chunkBlocks);
      int size = blocks * blockBytes;
      MemorySegment.copy(src, ValueLayout.JAVA_BYTE, srcOffset, chunk, 0, size);
      decodeBlocks(chunk, 0, dst, dstOffset, blocks);
      srcOffset += size;
      dstOffset += blocks * dtype.blockElements();
      left -= blocks;
    }
  }

  /**
   * Decodes {@code count} elements from {@code src} at index {@code srcOffset} to {@code dst} at
   * index {@code dstOffset}. Allocates nothing.
   *
   * @param count elements, a whole number of blocks
   * @throws IllegalArgumentException when {@code count} is not whole blocks
   * @throws IndexOutOfBoundsException when either side is too short
   */
  public final void decode(byte[] src, int srcOffset, float[] dst, int dstOffset, int count) {
    long bytes = checkedBytes(dst.length, dstOffset, count);
    Objects.checkFromIndexSize((long) srcOffset, bytes, (long) src.length);
    decodeBlocks(src, srcOffset, dst, dstOffset, count / dtype.blockElements());
  }

  /**
   * Encodes {@code count} elements of {@code src} from index {@code srcOffset} to {@code dst} at
   * byte {@code dstOffset}.
   *
   * @param count elements, a whole number of blocks
   * @throws UnsupportedOperationException when {@link #canEncode()} is false
   * @throws IllegalArgumentException when {@code count} is not whole blocks, or when an element is
   *     NaN or infinite and the type is a block format, which cannot store such a value
   * @throws IndexOutOfBoundsException when either side is too short
   */
  public final void encode(
      float[] src, int srcOffset, MemorySegment dst, long dstOffset, int count) {
    if (!canEncode()) {
      throw new UnsupportedOperationException("no encoder for " + dtype);
    }
    long bytes = checkedBytes(src.length, srcOffset, count);
    Objects.checkFromIndexSize(dstOffset, bytes, dst.byteSize());
    int blockBytes = dtype.blockBytes();
    int blockElements = dtype.blockElements();
    byte[] block = new byte[blockBytes];
    for (int i = 0; i < count; i += blockElements) {
      encodeBlock(src, srcOffset + i, block);
      MemorySegment.copy(block, 0, dst, ValueLayout.JAVA_BYTE, dstOffset, blockBytes);
      dstOffset += blockBytes;
    }
  }

  /** Decodes whole blocks; the ranges are already checked. */
  abstract void decodeBlocks(byte[] src, int at, float[] dst, int to, int blocks);

  /** Encodes one block, overwriting all of {@code block}. */
  void encodeBlock(float[] src, int from, byte[] block) {
    throw new UnsupportedOperationException("no encoder for " + dtype);
  }

  private long checkedBytes(int length, int offset, int count) {
    Objects.checkFromIndexSize(offset, count, length);
    return dtype.byteSize(count);
  }
}
