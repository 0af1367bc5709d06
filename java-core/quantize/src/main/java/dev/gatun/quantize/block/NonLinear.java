package dev.gatun.quantize.block;

import static dev.gatun.quantize.block.Arithmetic.nearest;

import dev.gatun.tensor.DType;
import java.util.Arrays;

/**
 * IQ4_NL and IQ4_XS: four bits that index sixteen values spaced like a bell curve. Tries fifteen
 * scales around the one that maps the largest magnitude to the first value, weighted by importance
 * or, without one, by squares.
 */
final class NonLinear {
  private NonLinear() {}

  private static final int N = 32;
  private static final float TINY = 1e-15f;
  private static final int REACH = 7;
  private static final float[] VALUES = {
    -127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113
  };

  /** Halfway between neighbours; from there on, the upper one is nearer or as near. */
  private static final float[] MIDDLES = {
    -115.5f, -93.5f, -74, -57, -42, -28.5f, -16, -4.5f, 7, 19, 31.5f, 45.5f, 61, 79, 101
  };

  /** The index of the nearest value; of the last one for NaN. */
  private static int index(float x) {
    int i = x < MIDDLES[7] ? 0 : 8;
    i += x < MIDDLES[i + 3] ? 0 : 4;
    i += x < MIDDLES[i + 1] ? 0 : 2;
    return i + (x < MIDDLES[i] ? 0 : 1);
  }

  abstract static class Searching extends RowEncoder.Blocks {
    private final float[] weights = new float[N];

    Searching(DType dtype) {
      super(dtype);
    }

    final float scale(float[] x, int from, float[] importance, int column, float spread) {
      if (importance == null) {
        Arithmetic.squares(x, from, weights, N);
      } else {
        Arithmetic.weigh(importance, column, spread, x, from, weights, N);
      }
      float max = 0;
      float magnitude = 0;
      for (int i = from; i < from + N; i++) {
        float a = Math.abs(x[i]);
        if (a > magnitude) {
          magnitude = a;
          max = x[i];
        }
      }
      if (magnitude < TINY) {
        return 0;
      }
      float scale = 0;
      float best = 0;
      for (int trial = -REACH - 1; trial <= REACH; trial++) {
        boolean first = trial < -REACH;
        float inverse = first ? 1 / (-max / VALUES[0]) : (trial + VALUES[0]) / max;
        float sumQx = 0;
        float sumQ2 = 0;
        for (int i = 0; i < N; i++) {
          float v = x[from + i];
          float q = VALUES[index(inverse * v)];
          float wq = weights[i] * q;
          sumQx += wq * v;
          sumQ2 += wq * q;
        }
        if (first) {
          scale = sumQ2 > 0 ? sumQx / sumQ2 : 0;
          best = scale * sumQx;
        } else if (sumQ2 > 0 && sumQx * sumQx > best * sumQ2) {
          scale = sumQx / sumQ2;
          best = scale * sumQx;
        }
      }
      return scale;
    }

    /** Sixteen bytes: element j in the low nibble of byte j, element j + 16 in the high one. */
    static void pack(float[] x, int from, float inverse, byte[] dst, int at) {
      for (int j = 0; j < N / 2; j++) {
        int low = index(inverse * x[from + j]);
        int high = index(inverse * x[from + N / 2 + j]);
        dst[at + j] = (byte) (low | high << 4);
      }
    }
  }

  static final class Iq4Nl extends Searching {
    Iq4Nl() {
      super(DType.IQ4_NL);
    }

    @Override
    void block(float[] x, int from, float[] importance, int column, byte[] dst, int at) {
      float spread = importance == null ? 0 : Arithmetic.sumOfSquares(x, from, N) * (2f / N);
      float scale = scale(x, from, importance, column, spread);
      Arithmetic.putHalf(dst, at, scale);
      pack(x, from, scale != 0 ? 1 / scale : 0, dst, at + 2);
    }
  }

  static final class Iq4Xs extends Searching {
    private static final int SUBS = 8;
    private static final int LEVELS = 32;

    private final float[] scales = new float[SUBS];

    Iq4Xs() {
      super(DType.IQ4_XS);
    }

    @Override
    void block(float[] x, int from, float[] importance, int column, byte[] dst, int at) {
      float spread = importance == null ? 0 : Arithmetic.sumOfSquares(x, from, 256) * (2f / 256);
      float largest = 0;
      float magnitude = 0;
      for (int s = 0; s < SUBS; s++) {
        scales[s] = scale(x, from + N * s, importance, column + N * s, spread);
        if (Math.abs(scales[s]) > magnitude) {
          magnitude = Math.abs(scales[s]);
          largest = scales[s];
        }
      }
      float d = -largest / LEVELS;
      Arithmetic.putHalf(dst, at, d);
      float inverse = d != 0 ? 1 / d : 0;
      Arrays.fill(dst, at + 4, at + 8, (byte) 0);
      int high = 0;
      for (int s = 0; s < SUBS; s++) {
        int l = nearest(inverse * scales[s], -LEVELS, LEVELS - 1);
        // With d as it was before it was rounded to sixteen bits.
        float scale = d * l;
        pack(x, from + N * s, scale != 0 ? 1 / scale : 0, dst, at + 8 + 16 * s);
        int stored = l + LEVELS;
        dst[at + 4 + s / 2] |= (byte) ((stored & 15) << (s % 2 * 4));
        high |= stored >> 4 << (2 * s);
      }
      Arithmetic.putI16(dst, at + 2, high);
    }
  }
}
