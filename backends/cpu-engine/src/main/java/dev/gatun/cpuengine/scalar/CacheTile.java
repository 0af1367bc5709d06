package dev.gatun.cpuengine.scalar;

import dev.gatun.cpuengine.kernel.AttentionKernels;
import dev.gatun.tensor.DType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Element access to the stored tiles that {@link AttentionKernels} describes. */
public final class CacheTile {
  /** Elements that share a scale in Q8_0. */
  static final int BLOCK = 32;

  private CacheTile() {}

  static int blocks(int dim) {
    return (dim + BLOCK - 1) / BLOCK;
  }

  /**
   * Stores the elements of one position.
   *
   * @param dim elements of a position
   * @param first index of the position's first element
   * @param stride from one element to the next
   * @param firstScale index of the position's first scale
   * @param scaleStride from one scale to the next
   */
  public static void store(
      DType dtype,
      MemorySegment x,
      long xOffset,
      int dim,
      MemorySegment tile,
      long at,
      int first,
      int stride,
      int firstScale,
      int scaleStride) {
    switch (dtype) {
      case F32 -> {
        for (int i = 0; i < dim; i++) {
          Floats.set(tile, at, first + (long) i * stride, Floats.get(x, xOffset, i));
        }
      }
      case F16 -> {
        for (int i = 0; i < dim; i++) {
          short half = Float.floatToFloat16(Floats.get(x, xOffset, i));
          setShort(tile, at, first + (long) i * stride, half);
        }
      }
      case Q8_0 -> {
        long scales = at + (long) AttentionKernels.TILE * dim;
        for (int block = 0; block < blocks(dim); block++) {
          int from = block * BLOCK;
          int to = Math.min(dim, from + BLOCK);
          short scale = quantize(x, xOffset, from, to, tile, at + first, stride);
          setShort(tile, scales, firstScale + (long) block * scaleStride, scale);
        }
      }
      default -> throw new IllegalArgumentException("no attention state of " + dtype);
    }
  }

  /** The element at {@code index} with the scale at index {@code scale}. */
  static float load(DType dtype, MemorySegment tile, long at, int dim, int index, int scale) {
    return switch (dtype) {
      case F32 -> Floats.get(tile, at, index);
      case F16 -> Float.float16ToFloat(getShort(tile, at, index));
      case Q8_0 -> {
        long scales = at + (long) AttentionKernels.TILE * dim;
        float factor = Float.float16ToFloat(getShort(tile, scales, scale));
        yield factor * tile.get(ValueLayout.JAVA_BYTE, at + index);
      }
      default -> throw new IllegalArgumentException("no attention state of " + dtype);
    };
  }

  /** Writes elements [from, to) as signed bytes; returns their scale, as ggml's Q8_0 does. */
  private static short quantize(
      MemorySegment x, long xOffset, int from, int to, MemorySegment tile, long at, int stride) {
    float max = 0;
    for (int i = from; i < to; i++) {
      max = Math.max(max, Math.abs(Floats.get(x, xOffset, i)));
    }
    float scale = max / 127;
    float inverse = scale == 0 ? 0 : 1 / scale;
    for (int i = from; i < to; i++) {
      int level = Math.round(Floats.get(x, xOffset, i) * inverse);
      tile.set(ValueLayout.JAVA_BYTE, at + (long) i * stride, (byte) level);
    }
    return Float.floatToFloat16(scale);
  }

  private static short getShort(MemorySegment tile, long at, long index) {
    return tile.get(ValueLayout.JAVA_SHORT_UNALIGNED, at + 2 * index);
  }

  private static void setShort(MemorySegment tile, long at, long index, short value) {
    tile.set(ValueLayout.JAVA_SHORT_UNALIGNED, at + 2 * index, value);
  }
}
