package dev.gatun.graph.op;

/** The error function. */
final class ErrorFunction {
  private ErrorFunction() {}

  /**
   * erf(x) by the series of positive terms {@code 2/sqrt(pi) exp(-x^2) sum 2^n x^(2n+1) / (1 3 5 ..
   * (2n+1))} (Abramowitz and Stegun 7.1.6), which loses no digits to cancellation.
   */
  static double erf(double x) {
    double magnitude = Math.abs(x);
    if (magnitude >= 6) {
      // 1 - erf(6) is below half a unit in the last place of 1.
      return Math.signum(x);
    }
    double term = x;
    double sum = x;
    for (int n = 1; Math.abs(term) > 1e-18 * Math.abs(sum); n++) {
      term *= 2 * x * x / (2 * n + 1);
      sum += term;
    }
    return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
  }
}
