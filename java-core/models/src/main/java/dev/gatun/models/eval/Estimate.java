package dev.gatun.models.eval;

/**
 * A value with its uncertainty.
 *
 * @param error one standard error; 0 when there are too few samples to tell
 */
public record Estimate(double value, double error) {
  /** Samples from which on an error is told: llama.cpp's limit. */
  private static final int FEW = 10;

  /** The mean of {@code count} samples, by their sum and the sum of their squares. */
  static Estimate mean(double sum, double squares, long count) {
    if (count < 1) {
      return new Estimate(0, 0);
    }
    double mean = sum / count;
    double variance = squares / count - mean * mean;
    return new Estimate(mean, variance > 0 && count > FEW ? Math.sqrt(variance / (count - 1)) : 0);
  }

  /** {@code exp(value)}, the error to first order. */
  Estimate exp() {
    double power = Math.exp(value);
    return new Estimate(power, power * error);
  }
}
