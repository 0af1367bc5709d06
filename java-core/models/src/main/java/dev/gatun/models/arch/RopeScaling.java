package dev.gatun.models.arch;

/**
 * Inverse frequencies of rotary position embedding, in double precision, with every scaling that
 * models use. Sources: Su et al. 2021 (RoPE), Chen et al. 2023 (linear), Peng et al. 2023 (YaRN),
 * Ding et al. 2024 (LongRoPE: factors per pair).
 */
final class RopeScaling {
  private RopeScaling() {}

  /** {@code base^(-2i/dims)} for each pair i. */
  static double[] plain(int dims, double base) {
    double[] frequencies = new double[dims / 2];
    for (int i = 0; i < frequencies.length; i++) {
      frequencies[i] = Math.pow(base, -2.0 * i / dims);
    }
    return frequencies;
  }

  /** Angles grow {@code factor} times as slowly. */
  static double[] linear(double[] frequencies, double factor) {
    double[] scaled = frequencies.clone();
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] /= factor;
    }
    return scaled;
  }

  /** A divisor for each pair. */
  static double[] divided(double[] frequencies, float[] factors) {
    double[] scaled = frequencies.clone();
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] /= factors[i];
    }
    return scaled;
  }

  /**
   * YaRN: pairs that turn often within the original context keep their frequency, those that turn
   * rarely are slowed by {@code factor}, with a linear ramp between.
   *
   * @param fast turns within the original context from which on a pair keeps its frequency
   * @param slow turns up to which a pair is slowed fully
   */
  static double[] yarn(
      double[] frequencies, double base, double factor, int context, double fast, double slow) {
    int dims = 2 * frequencies.length;
    double low = Math.max(0, Math.floor(pairThatTurns(fast, dims, base, context)));
    double high = Math.min(dims - 1, Math.ceil(pairThatTurns(slow, dims, base, context)));
    double[] scaled = frequencies.clone();
    for (int i = 0; i < scaled.length; i++) {
      double ramp = Math.clamp((i - low) / Math.max(0.001, high - low), 0.0, 1.0);
      scaled[i] *= ramp / factor + (1 - ramp);
    }
    return scaled;
  }

  /** Factor of sine and cosine under YaRN. */
  static double yarnMagnitude(double factor) {
    return factor <= 1 ? 1 : 1 + 0.1 * Math.log(factor);
  }

  /** Index of the pair that makes {@code turns} full turns within {@code context} positions. */
  private static double pairThatTurns(double turns, int dims, double base, int context) {
    return dims * Math.log(context / (turns * 2 * Math.PI)) / (2 * Math.log(base));
  }
}
