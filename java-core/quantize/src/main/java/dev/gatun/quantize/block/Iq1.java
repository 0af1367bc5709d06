package dev.gatun.quantize.block;

/** What IQ1_S and IQ1_M share: -1, 0 and 1, all moved up or down by an eighth. */
final class Iq1 {
  private Iq1() {}

  private static final float SHIFT = 0.125f;

  static float[] up() {
    return new float[] {-1 + SHIFT, SHIFT, 1 + SHIFT};
  }

  static float[] down() {
    return new float[] {-1 - SHIFT, -SHIFT, 1 - SHIFT};
  }

  /** The largest magnitude, the first one where there are NaNs of overflow. */
  static float largest(float[] x, int from, int n) {
    float max = Math.abs(x[from]);
    for (int i = 1; i < n; i++) {
      max = max > Math.abs(x[from + i]) ? max : Math.abs(x[from + i]);
    }
    return max;
  }
}
