package dev.gatun.tensor;

/** Conversions of C that ggml's encoders rely on. */
final class Rounding {
  private Rounding() {}

  /**
   * C's {@code (int8_t) x} as x86-64 compiles it: truncation to int, out of range gives 0 in the
   * low byte. That range is reached only where a scale is so small that its reciprocal is infinite.
   */
  static int truncate(float x) {
    return x < 0x1p31f ? (byte) (int) x : 0;
  }

  /** C's {@code (int8_t) roundf(x)}: halves away from zero; {@link Math#round} rounds them up. */
  static int round(float x) {
    // In double, because 0.49999997f + 0.5f is 1 in single precision.
    double r = x + Math.copySign(0.5, x);
    return r < 0x1p31 ? (byte) (int) r : 0;
  }

  /**
   * Refuses what no block format can store.
   *
   * @throws IllegalArgumentException when an element is NaN or infinite
   */
  static void requireFinite(DType dtype, float[] src, int from) {
    for (int i = from; i < from + dtype.blockElements(); i++) {
      if (!Float.isFinite(src[i])) {
        throw new IllegalArgumentException(
            "element " + i + " is " + src[i] + ", which " + dtype + " cannot store");
      }
    }
  }
}
