package dev.gatun.models.sampling;

/** The state of {@link MirostatOptions Mirostat 2.0}: the bound, and how it moves. */
final class Mirostat {
  private static final double LN2 = 0.6931471805599453;

  private final float tau;
  private final float eta;
  private float mu;

  Mirostat(MirostatOptions options) {
    tau = options.tau();
    eta = options.eta();
    mu = 2 * tau;
  }

  /** Drops candidates whose surprise is above the bound; the best one stays. */
  void truncate(Candidates candidates) {
    double logTotal = StrictMath.log(candidates.computeMasses());
    candidates.keepAtLeast(candidates.largestLogit() + logTotal - mu * LN2);
  }

  /** Moves the bound after a token of this probability, among those that were left, was chosen. */
  void observe(double probability) {
    float surprise = (float) (-StrictMath.log(probability) / LN2);
    mu -= eta * (surprise - tau);
  }

  /** The bound in bits. */
  float mu() {
    return mu;
  }
}
