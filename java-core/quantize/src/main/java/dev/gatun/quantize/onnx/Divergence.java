package dev.gatun.quantize.onnx;

/** Kullback-Leibler divergence of a clipped histogram from the same with fewer levels. */
final class Divergence {
  private static final double EPSILON = 1e-4;

  private Divergence() {}

  /** Of the bins {@code from} to {@code to}, what lies outside added to the outermost. */
  static double of(long[] counts, int from, int to, int levels) {
    int size = to - from;
    double[] p = new double[size];
    for (int i = 0; i < counts.length; i++) {
      p[Math.max(0, Math.min(size - 1, i - from))] += counts[i];
    }
    double[] q = new double[size];
    int merged = size / levels;
    for (int level = 0; level < levels; level++) {
      int start = level * merged;
      int end = start + merged;
      double sum = 0;
      int filled = 0;
      for (int i = start; i < end; i++) {
        sum += counts[from + i];
        filled += p[i] != 0 ? 1 : 0;
      }
      if (level == levels - 1) {
        for (int i = end; i < size; i++) {
          sum += counts[from + i];
        }
      }
      // Whole numbers, as the reference has them.
      double share = filled == 0 ? 0 : Math.floor(sum / filled);
      for (int i = start; i < end; i++) {
        q[i] = share;
      }
    }
    return smooth(p) && smooth(q) ? divergence(p, q) : Double.POSITIVE_INFINITY;
  }

  /** Gives empty bins a little of what the others have; false when that cannot be. */
  private static boolean smooth(double... bins) {
    int zeros = 0;
    for (double bin : bins) {
      zeros += bin == 0 ? 1 : 0;
    }
    int filled = bins.length - zeros;
    if (filled == 0) {
      return false;
    }
    double taken = EPSILON * zeros / filled;
    if (taken >= 1) {
      return false;
    }
    for (int i = 0; i < bins.length; i++) {
      bins[i] += bins[i] == 0 ? EPSILON : -taken;
    }
    return true;
  }

  private static double divergence(double[] p, double[] q) {
    double sumP = 0;
    double sumQ = 0;
    for (int i = 0; i < p.length; i++) {
      sumP += p[i];
      sumQ += q[i];
    }
    double sum = 0;
    for (int i = 0; i < p.length; i++) {
      sum += p[i] / sumP * Math.log(p[i] / sumP / (q[i] / sumQ));
    }
    return sum;
  }
}
