package dev.gatun.models.eval;

/** Arithmetic on logits, in double precision. */
final class Distribution {
  private Distribution() {}

  /** Index of the largest element, the first of equal ones; NaN counts as the largest. */
  static int argmax(float[] values) {
    int best = 0;
    for (int i = 1; i < values.length; i++) {
      if (Float.compare(values[i], values[best]) > 0) {
        best = i;
      }
    }
    return best;
  }

  /** The largest element but {@code best}; negative infinity when there is no other. */
  static float second(float[] values, int best) {
    float second = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < values.length; i++) {
      if (i != best) {
        second = Math.max(second, values[i]);
      }
    }
    return second;
  }

  /** Logarithm of the sum of exponentials: subtract it from a logit for its log-probability. */
  static double logSumExp(float[] logits) {
    double max = logits[argmax(logits)];
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp(logit - max);
    }
    return max + Math.log(sum);
  }
}
