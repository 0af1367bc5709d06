package dev.gatun.gpuengine.compile;

/** Numbers as quotients of whole ones. */
final class Fraction {
  private static final double PRECISION = 0x1p-48;
  private static final long LARGEST = 1L << 26;

  private Fraction() {}

  /**
   * The simplest quotient that is a positive number, or the nearest one with parts below 2^26, by
   * continued fractions (Hardy and Wright, chapter X).
   */
  static long[] of(double number) {
    long p = 1;
    long q = 0;
    long beforeP = 0;
    long beforeQ = 1;
    double rest = number;
    while (true) {
      long whole = (long) Math.floor(rest);
      long nextP = whole * p + beforeP;
      long nextQ = whole * q + beforeQ;
      if (nextP > LARGEST || nextQ > LARGEST) {
        return new long[] {p, q};
      }
      beforeP = p;
      beforeQ = q;
      p = nextP;
      q = nextQ;
      boolean exact = Math.abs((double) p / q - number) <= PRECISION * number;
      if (exact || rest == whole) {
        return new long[] {p, q};
      }
      rest = 1 / (rest - whole);
    }
  }
}
