package dev.gatun.quantize.block;

import static dev.gatun.quantize.block.Arithmetic.nearest;

import dev.gatun.tensor.DType;
import java.util.Arrays;

/**
 * Q6_K: 16 sub-blocks of 16 with six bits each; scales of eight bits with a sign. An importance
 * counts as it is; without one, values count by their squares.
 */
final class Q6K extends RowEncoder.Blocks {
  private static final int SUB = 16;
  private static final int LEVELS = 32;
  private static final float TINY = 1e-15f;

  private final SymmetricSearch search = new SymmetricSearch(SUB, LEVELS);
  private final float[] squares = new float[SUB];
  private final float[] scales = new float[SUB];
  private final byte[] quants = new byte[256];

  Q6K() {
    super(DType.Q6_K);
  }

  @Override
  void block(float[] x, int from, float[] importance, int column, byte[] dst, int at) {
    float largest = 0;
    float magnitude = 0;
    for (int s = 0; s < SUB; s++) {
      int start = SUB * s;
      if (importance == null) {
        Arithmetic.squares(x, from + start, squares, SUB);
        scales[s] = search.find(x, from + start, squares, 0, quants, start);
      } else {
        scales[s] = search.find(x, from + start, importance, column + start, quants, start);
      }
      if (Math.abs(scales[s]) > magnitude) {
        magnitude = Math.abs(scales[s]);
        largest = scales[s];
      }
    }
    if (magnitude < TINY) {
      Arrays.fill(dst, at, at + 210, (byte) 0);
      return;
    }
    float inverse = -128f / largest;
    float d = Arithmetic.putHalf(dst, at + 208, 1 / inverse);
    for (int s = 0; s < SUB; s++) {
      byte stored = (byte) Math.min(127, nearest(inverse * scales[s]));
      dst[at + 192 + s] = stored;
      float scale = d * stored;
      if (scale != 0) {
        for (int i = SUB * s; i < SUB * (s + 1); i++) {
          quants[i] = (byte) (nearest(x[from + i] / scale, -LEVELS, LEVELS - 1) + LEVELS);
        }
      }
    }
    pack(dst, at);
  }

  /** In each 128: quarters 0 and 2 and quarters 1 and 3 share nibbles, all four share high bits. */
  private void pack(byte[] dst, int at) {
    for (int half = 0; half < 2; half++) {
      int low = at + 64 * half;
      int high = at + 128 + 32 * half;
      for (int j = 0; j < 32; j++) {
        int q = 128 * half + j;
        dst[low + j] = (byte) ((quants[q] & 15) | quants[q + 64] << 4);
        dst[low + 32 + j] = (byte) ((quants[q + 32] & 15) | quants[q + 96] << 4);
        dst[high + j] =
            (byte)
                (quants[q] >> 4
                    | quants[q + 32] >> 4 << 2
                    | quants[q + 64] >> 4 << 4
                    | quants[q + 96] >> 4 << 6);
      }
    }
  }
}
