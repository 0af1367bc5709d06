package dev.gatun.quantize.onnx;

/** The upper triangular U with {@code U'U} the inverse of a positive definite matrix. */
final class InverseFactor {
  private InverseFactor() {}

  /**
   * Factors the matrix as {@code RR'} with R upper triangular, from the last row up, and inverts R.
   *
   * @param h [k, k], overwritten
   */
  static double[] of(double[] h, int k) {
    double[] r = h;
    for (int j = k - 1; j >= 0; j--) {
      double diagonal = Math.sqrt(r[j * k + j] - dot(r, j * k, j * k, j + 1, k));
      r[j * k + j] = diagonal;
      for (int i = 0; i < j; i++) {
        r[i * k + j] = (r[i * k + j] - dot(r, i * k, j * k, j + 1, k)) / diagonal;
      }
    }
    double[] u = new double[k * k];
    for (int i = k - 1; i >= 0; i--) {
      for (int m = i + 1; m < k; m++) {
        double factor = r[i * k + m];
        for (int j = m; j < k; j++) {
          u[i * k + j] -= factor * u[m * k + j];
        }
      }
      u[i * k + i] = 1;
      for (int j = i; j < k; j++) {
        u[i * k + j] /= r[i * k + i];
      }
    }
    return u;
  }

  private static double dot(double[] r, int a, int b, int from, int to) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int m = from;
    for (; m + 3 < to; m += 4) {
      s0 += r[a + m] * r[b + m];
      s1 += r[a + m + 1] * r[b + m + 1];
      s2 += r[a + m + 2] * r[b + m + 2];
      s3 += r[a + m + 3] * r[b + m + 3];
    }
    for (; m < to; m++) {
      s0 += r[a + m] * r[b + m];
    }
    return s0 + s1 + s2 + s3;
  }
}
