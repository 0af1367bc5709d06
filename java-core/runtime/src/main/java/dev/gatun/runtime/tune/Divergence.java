package dev.gatun.runtime.tune;

/** How far one distribution of the next token is from another. */
final class Divergence {
  private Divergence() {}

  /** Kullback-Leibler divergence in nats of the softmax of {@code other} from that of {@code p}. */
  static double of(float[] p, float[] other) {
    double normal = logSum(p);
    double otherNormal = logSum(other);
    double sum = 0;
    for (int i = 0; i < p.length; i++) {
      double logP = p[i] - normal;
      sum += Math.exp(logP) * (logP - (other[i] - otherNormal));
    }
    return sum;
  }

  /** Mean over rows. */
  static double mean(float[][] p, float[][] other) {
    double sum = 0;
    for (int i = 0; i < p.length; i++) {
      sum += of(p[i], other[i]);
    }
    return sum / p.length;
  }

  private static double logSum(float[] logits) {
    double max = Double.NEGATIVE_INFINITY;
    for (float logit : logits) {
      max = Math.max(max, logit);
    }
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp(logit - max);
    }
    return max + Math.log(sum);
  }
}
