package dev.gatun.quantize.onnx;

import java.util.List;

/**
 * AWQ (Lin and others 2023): channels that see large activations get larger weights before rounding
 * and are divided again where they are read. Of 20 strengths the one with the least error is taken,
 * weighted with the mean square of each channel (the covariances between channels, which the
 * authors' measurement of the output contains, are left out).
 */
final class ActivationAware {
  private static final int STRENGTHS = 20;

  private ActivationAware() {}

  /** What the rows of the matrices that read one activation are multiplied with. */
  static float[] factors(List<WeightMatrix> matrices, ChannelStats stats, BlockShape shape) {
    double least = Double.POSITIVE_INFINITY;
    float[] best = null;
    for (int i = 0; i < STRENGTHS; i++) {
      float[] factors = factors(stats, i / (float) STRENGTHS);
      double error = 0;
      for (WeightMatrix matrix : matrices) {
        error += error(matrix, factors, stats, shape);
      }
      if (error < least) {
        least = error;
        best = factors;
      }
    }
    return best;
  }

  private static float[] factors(ChannelStats stats, float strength) {
    float[] factors = new float[stats.channels()];
    float least = Float.POSITIVE_INFINITY;
    float most = 0;
    for (int i = 0; i < factors.length; i++) {
      factors[i] = (float) Math.max(1e-4, Math.pow(stats.meanMagnitude(i), strength));
      least = Math.min(least, factors[i]);
      most = Math.max(most, factors[i]);
    }
    float middle = (float) Math.sqrt((double) least * most);
    for (int i = 0; i < factors.length; i++) {
      factors[i] /= middle;
    }
    return factors;
  }

  private static double error(
      WeightMatrix matrix, float[] factors, ChannelStats stats, BlockShape shape) {
    BlockCodes codes = new RoundToNearest().quantize(matrix.scaledRows(factors), shape);
    double sum = 0;
    for (int row = 0; row < codes.k; row++) {
      double own = 0;
      for (int column = 0; column < codes.n; column++) {
        double left =
            matrix.values()[row * codes.n + column] - codes.value(column, row) / factors[row];
        own += left * left;
      }
      sum += own * stats.meanSquare(row);
    }
    return sum;
  }
}
