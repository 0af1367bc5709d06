package dev.gatun.quantize.block;

import dev.gatun.tensor.DType;
import java.util.Arrays;

/** One or two bits with a single scale and no search: TQ1_0, TQ2_0, Q1_0, Q2_0. */
final class LowBits {
  private LowBits() {}

  private static float inverse(float d) {
    return d != 0 ? 1 / d : 0;
  }

  /** -1, 0 or 1 as 0, 1 or 2; what C's {@code lroundf} cannot convert becomes 0 in its low bits. */
  private static int trit(float x) {
    int rounded = Arithmetic.rounded(x);
    return (rounded == Integer.MIN_VALUE ? 0 : rounded) + 1;
  }

  /** Five trits a byte as a base-3 fraction of 256, rounded up. */
  static final class Tq1 extends RowEncoder.Blocks {
    Tq1() {
      super(DType.TQ1_0);
    }

    @Override
    void block(float[] x, int from, float[] importance, int column, byte[] dst, int at) {
      float d = Arithmetic.largestMagnitude(x, from, 256);
      float inverse = inverse(d);
      fractions(x, from, inverse, 32, 5, dst, at);
      fractions(x, from + 160, inverse, 16, 5, dst, at + 32);
      fractions(x, from + 240, inverse, 4, 4, dst, at + 48);
      Arithmetic.putHalf(dst, at + 52, d);
    }

    /** Trit n of byte j is element {@code n * bytes + j}; a byte of four has a fifth of zero. */
    private static void fractions(
        float[] x, int from, float inverse, int bytes, int trits, byte[] dst, int at) {
      for (int j = 0; j < bytes; j++) {
        int number = 0;
        for (int n = 0; n < trits; n++) {
          number = number * 3 + trit(x[from + n * bytes + j] * inverse);
        }
        if (trits == 4) {
          number *= 3;
        }
        dst[at + j] = (byte) ((number * 256 + 242) / 243);
      }
    }
  }

  /** Four trits a byte, two bits each. */
  static final class Tq2 extends RowEncoder.Blocks {
    Tq2() {
      super(DType.TQ2_0);
    }

    @Override
    void block(float[] x, int from, float[] importance, int column, byte[] dst, int at) {
      float d = Arithmetic.largestMagnitude(x, from, 256);
      float inverse = inverse(d);
      for (int half = 0; half < 2; half++) {
        for (int j = 0; j < 32; j++) {
          int packed = 0;
          for (int n = 0; n < 4; n++) {
            packed |= (trit(x[from + 128 * half + 32 * n + j] * inverse) & 3) << (2 * n);
          }
          dst[at + 32 * half + j] = (byte) packed;
        }
      }
      Arithmetic.putHalf(dst, at + 64, d);
    }
  }

  /** The signs, and the mean magnitude. */
  static final class Q1 extends RowEncoder.Blocks {
    Q1() {
      super(DType.Q1_0);
    }

    @Override
    void block(float[] x, int from, float[] importance, int column, byte[] dst, int at) {
      float sum = 0;
      for (int i = from; i < from + 128; i++) {
        sum += Math.abs(x[i]);
      }
      Arithmetic.putHalf(dst, at, sum / 128);
      Arrays.fill(dst, at + 2, at + 18, (byte) 0);
      for (int i = 0; i < 128; i++) {
        if (x[from + i] >= 0) {
          dst[at + 2 + i / 8] |= (byte) (1 << (i % 8));
        }
      }
    }
  }

  /** -1, 0, 1 or 2 times the largest magnitude, of which rounding reaches the first three. */
  static final class Q2 extends RowEncoder.Blocks {
    Q2() {
      super(DType.Q2_0);
    }

    @Override
    void block(float[] x, int from, float[] importance, int column, byte[] dst, int at) {
      float d = Arithmetic.largestMagnitude(x, from, 64);
      float inverse = inverse(d);
      Arithmetic.putHalf(dst, at, d);
      for (int j = 0; j < 16; j++) {
        int packed = 0;
        for (int n = 0; n < 4; n++) {
          int q = Arithmetic.rounded(x[from + 4 * j + n] * inverse) + 1;
          packed |= Math.max(0, Math.min(3, q)) << (2 * n);
        }
        dst[at + 2 + j] = (byte) packed;
      }
    }
  }
}
