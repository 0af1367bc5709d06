package dev.gatun.quantize.block;

/** Conversions and sums in exactly ggml's order: single precision, left to right, nothing fused. */
final class Arithmetic {
  private Arithmetic() {}

  /** Adding 1.5 * 2^23 leaves the nearest integer in the low bits of the sum. */
  private static final float MAGIC = 12_582_912f;

  /**
   * The nearest integer, ties to even, for magnitudes up to 2^22. Beyond, and for infinities and
   * NaN, whatever the low bits hold: files depend on it.
   */
  static int nearest(float x) {
    return (Float.floatToRawIntBits(x + MAGIC) & 0x7f_ffff) - 0x40_0000;
  }

  /** The nearest integer within bounds. */
  static int nearest(float x, int least, int most) {
    return Math.max(least, Math.min(most, nearest(x)));
  }

  /**
   * C's conversion of float to int as x86-64 compiles it: out of range, and NaN, give the smallest
   * int.
   */
  static int truncated(float x) {
    return x < 0x1p31f ? (int) x : Integer.MIN_VALUE;
  }

  /** C's {@code roundf}: halves away from zero. */
  static int rounded(float x) {
    // In double, because 0.49999997f + 0.5f is 1 in single precision.
    double r = x + Math.copySign(0.5, x);
    return r < 0x1p31 ? (int) r : Integer.MIN_VALUE;
  }

  static float sqrt(float x) {
    return (float) Math.sqrt(x);
  }

  static float sumOfSquares(float[] x, int from, int count) {
    float sum = 0;
    for (int i = from; i < from + count; i++) {
      sum += x[i] * x[i];
    }
    return sum;
  }

  static float largestMagnitude(float[] x, int from, int count) {
    float largest = 0;
    for (int i = from; i < from + count; i++) {
      largest = Math.max(largest, Math.abs(x[i]));
    }
    return largest;
  }

  /** {@code weights[i] = importance[i] * sqrt(spread + x[i]^2)}. */
  static void weigh(
      float[] importance, int column, float spread, float[] x, int from, float[] weights, int n) {
    for (int i = 0; i < n; i++) {
      float v = x[from + i];
      weights[i] = importance[column + i] * sqrt(spread + v * v);
    }
  }

  static void squares(float[] x, int from, float[] weights, int n) {
    for (int i = 0; i < n; i++) {
      weights[i] = x[from + i] * x[from + i];
    }
  }

  static float sum(float[] x, int n) {
    float sum = 0;
    for (int i = 0; i < n; i++) {
      sum += x[i];
    }
    return sum;
  }

  /** Stores IEEE binary16, ties to even, and returns what a reader will see. */
  static float putHalf(byte[] dst, int at, float value) {
    short half = Float.floatToFloat16(value);
    dst[at] = (byte) half;
    dst[at + 1] = (byte) (half >> 8);
    return Float.float16ToFloat(half);
  }

  static void putI16(byte[] dst, int at, int value) {
    dst[at] = (byte) value;
    dst[at + 1] = (byte) (value >> 8);
  }

  static void putI32(byte[] dst, int at, int value) {
    putI16(dst, at, value);
    putI16(dst, at + 2, value >> 16);
  }
}
