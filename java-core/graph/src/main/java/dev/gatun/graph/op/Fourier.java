package dev.gatun.graph.op;

/** The discrete Fourier transform by its definition, of one line. */
final class Fourier {
  private Fourier() {}

  /**
   * Transforms one line.
   *
   * @param x {@code n} pairs of real and imaginary part; those beyond its end are 0
   * @param bins how many results are wanted
   * @return pairs
   */
  static double[] transform(double[] x, int n, int bins, boolean inverse) {
    double[] y = new double[2 * bins];
    double sign = inverse ? 1 : -1;
    for (int k = 0; k < bins; k++) {
      for (int j = 0; j < n && 2 * j < x.length; j++) {
        double angle = sign * 2 * Math.PI * ((long) j * k % n) / n;
        double cos = Math.cos(angle);
        double sin = Math.sin(angle);
        y[2 * k] += x[2 * j] * cos - x[2 * j + 1] * sin;
        y[2 * k + 1] += x[2 * j] * sin + x[2 * j + 1] * cos;
      }
      if (inverse) {
        y[2 * k] /= n;
        y[2 * k + 1] /= n;
      }
    }
    return y;
  }
}
