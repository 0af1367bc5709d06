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
    // Each family makes its own, so that only those in use are loaded.
    return switch (dtype) {
      case F64, F32, F16, BF16 -> FloatFormats.of(dtype);
      case I8, I16, I32, I64, U8, U16, U32, U64, BOOL -> new IntegerFormat(dtype);
      case STRING -> throw new IllegalArgumentException("a STRING tensor holds no numbers");
      case Q4_0, Q5_0, Q8_0, Q8_1, Q8_K -> SymmetricFormats.of(dtype);
      case Q4_1, Q5_1 -> AffineFormats.of(dtype);
      case Q2_K, Q3_K, Q4_K, Q5_K, Q6_K -> KFormats.of(dtype);
      case IQ4_NL, IQ4_XS, MXFP4, NVFP4 -> CodebookFormats.of(dtype);
      case IQ2_XXS, IQ2_XS, IQ2_S -> Grid2Formats.of(dtype);
      case IQ3_XXS, IQ3_S -> Grid3Formats.of(dtype);
      case IQ1_S, IQ1_M -> Grid1Formats.of(dtype);
      case TQ1_0, TQ2_0, Q1_0, Q2_0 -> TernaryFormats.of(dtype);
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
    requireEncoder();
    long bytes = checkedBytes(src.length, srcOffset, count);
    Objects.checkFromIndexSize(dstOffset, bytes, dst.byteSize());
    int blockBytes = dtype.blockBytes();
    int blockElements = dtype.blockElements();
    byte[] block = new byte[blockBytes];
    for (int i = 0; i < count; i += blockElements) {
      encodeBlock(src, srcOffset + i, block, 0);
      MemorySegment.copy(block, 0, dst, ValueLayout.JAVA_BYTE, dstOffset, blockBytes);
      dstOffset += blockBytes;
    }
  }

  /**
   * Encodes {@code count} elements of {@code src} from index {@code srcOffset} to {@code dst} at
   * index {@code dstOffset}, like the variant over a segment. Allocates nothing.
   */
  public final void encode(float[] src, int srcOffset, byte[] dst, int dstOffset, int count) {
    requireEncoder();
    long bytes = checkedBytes(src.length, srcOffset, count);
    Objects.checkFromIndexSize((long) dstOffset, bytes, (long) dst.length);
    for (int i = 0; i < count; i += dtype.blockElements()) {
      encodeBlock(src, srcOffset + i, dst, dstOffset);
      dstOffset += dtype.blockBytes();
    }
  }

  /** Decodes whole blocks; the ranges are already checked. */
  abstract void decodeBlocks(byte[] src, int at, float[] dst, int to, int blocks);

  /** Encodes one block to {@code dst} from {@code at}, overwriting all of it. */
  void encodeBlock(float[] src, int from, byte[] dst, int at) {
    throw new UnsupportedOperationException("no encoder for " + dtype);
  }

  private void requireEncoder() {
    if (!canEncode()) {
      throw new UnsupportedOperationException("no encoder for " + dtype);
    }
  }

  private long checkedBytes(int length, int offset, int count) {
    Objects.checkFromIndexSize(offset, count, length);
    return dtype.byteSize(count);
  }
}
