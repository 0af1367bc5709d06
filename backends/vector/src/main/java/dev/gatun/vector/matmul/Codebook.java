package dev.gatun.vector.matmul;

/** The values of IQ4_NL and IQ4_XS as the bits of floats, for lookups in a vector of 16 lanes. */
final class Codebook {
  private static final float[] VALUES = {
    -127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113
  };

  private Codebook() {}

  /** A new array of 16 values. */
  static int[] bits() {
    int[] bits = new int[VALUES.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Float.floatToRawIntBits(VALUES[i]);
    }
    return bits;
  }
}
