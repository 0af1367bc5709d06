package dev.gatun.quantize.block;

import dev.gatun.tensor.DType;
import java.util.Arrays;

/**
 * MXFP4 and NVFP4: four-bit floats (E2M1 of OCP Microscaling Formats 1.0) with one scale of eight
 * bits for 32 or 16 of them.
 */
final class E2m1Blocks {
  /** The magnitudes, doubled to be integers; the scales here are halves to match. */
  private static final float[] DOUBLED = {0, 1, 2, 3, 4, 6, 8, 12};

  private E2m1Blocks() {}

  /** One E8M0 exponent, the largest magnitude's less two; 32 values. */
  static final class Mxfp4 extends RowEncoder.Blocks {
    Mxfp4() {
      super(DType.MXFP4);
    }

    @Override
    void block(float[] x, int from, float[] importance, int column, byte[] dst, int at) {
      float magnitude = Arithmetic.largestMagnitude(x, from, 32);
      // One byte, which wraps for subnormal magnitudes.
      int e = magnitude > 0 ? (floorLog2(magnitude) - 2 + 127) & 0xff : 0;
      dst[at] = (byte) e;
      // 2^(e - 128), subnormal for the first two.
      float half = Float.intBitsToFloat(e < 2 ? 0x0020_0000 << e : (e - 1) << 23);
      pack(x, from, 16, half, dst, at + 1);
    }
  }

  /** Four UE4M3 scales, each a sixth of the largest magnitude of 16; 64 values. */
  static final class Nvfp4 extends RowEncoder.Blocks {
    Nvfp4() {
      super(DType.NVFP4);
    }

    @Override
    void block(float[] x, int from, float[] importance, int column, byte[] dst, int at) {
      for (int s = 0; s < 4; s++) {
        int start = from + 16 * s;
        int scale = ue4m3(Arithmetic.largestMagnitude(x, start, 16) / 6);
        dst[at + s] = (byte) scale;
        pack(x, start, 8, halfUe4m3(scale), dst, at + 4 + 8 * s);
      }
    }

    /**
     * Rounds to an unsigned float of four exponent bits (bias 7) and three of mantissa; halves away
     * from zero; 448 is the largest.
     */
    private static int ue4m3(float x) {
      if (!(x > 0)) {
        return 0;
      }
      int exponent = Math.getExponent(x) + 7;
      if (exponent <= 0) {
        return Math.min(7, (int) (x * 512 + 0.5f));
      }
      int bits = Float.floatToRawIntBits(x);
      int rounded = (exponent << 3 | (bits >> 20 & 7)) + (bits >> 19 & 1);
      return rounded < 15 << 3 ? rounded : 0x7e;
    }

    private static float halfUe4m3(int bits) {
      int exponent = bits >> 3;
      int mantissa = bits & 7;
      return exponent == 0
          ? Math.scalb((float) mantissa, -10)
          : Math.scalb(1 + mantissa / 8f, exponent - 8);
    }
  }

  /** {@code 2 * half} values to {@code half} bytes, the first ones in the low nibbles. */
  private static void pack(float[] x, int from, int half, float scale, byte[] dst, int at) {
    if (scale == 0) {
      // Every value is zero, and so is the nearest.
      Arrays.fill(dst, at, at + half, (byte) 0);
      return;
    }
    for (int j = 0; j < half; j++) {
      dst[at + j] = (byte) (index(x[from + j], scale) | index(x[from + half + j], scale) << 4);
    }
  }

  /**
   * The first of the nearest values; zero is the positive one. Counts the borders between values
   * that are below: scales have few bits, so that borders and distances are exact, and what lies on
   * a border belongs to the smaller value. Far beyond the largest value distances are rounded, and
   * the first of those that look the same counts.
   */
  private static int index(float x, float scale) {
    float magnitude = Math.abs(x);
    int best = magnitude > 24 * scale ? far(magnitude, scale) : near(magnitude, scale);
    return best != 0 && x < 0 ? best + 8 : best;
  }

  private static int far(float magnitude, float scale) {
    int best = 0;
    float least = magnitude;
    for (int i = 1; i < DOUBLED.length; i++) {
      float error = Math.abs(DOUBLED[i] * scale - magnitude);
      if (error < least) {
        best = i;
        least = error;
      }
    }
    return best;
  }

  private static int near(float magnitude, float scale) {
    return above(magnitude, 0.5f * scale)
        + above(magnitude, 1.5f * scale)
        + above(magnitude, 2.5f * scale)
        + above(magnitude, 3.5f * scale)
        + above(magnitude, 5 * scale)
        + above(magnitude, 7 * scale)
        + above(magnitude, 10 * scale);
  }

  /** 1 when a number is beyond a border, without a branch that data would mislead. */
  private static int above(float magnitude, float border) {
    return magnitude > border ? 1 : 0;
  }

  /**
   * C's {@code floorf(log2f(x))}: the logarithm is rounded to single precision before the floor, so
   * that numbers a little below a power of two count as that power.
   */
  static int floorLog2(float x) {
    int exponent = Math.getExponent((double) x);
    int next = exponent + 1;
    double below = (1 - x / Math.scalb(1.0, next)) / Math.log(2);
    float spacing = next > 0 ? next - Math.nextDown((float) next) : Math.ulp((float) next);
    return below < spacing / 2 ? next : exponent;
  }
}
