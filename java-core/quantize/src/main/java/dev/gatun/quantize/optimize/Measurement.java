package dev.gatun.quantize.optimize;

/**
 * What an artifact does.
 *
 * @param accuracy as {@link Metric#ACCURACY}
 * @param divergence as {@link Metric#DIVERGENCE}
 * @param bytes as {@link Metric#SIZE}
 * @param seconds as {@link Metric#LATENCY}
 * @param device that it was measured on
 */
public record Measurement(
    double accuracy, double divergence, long bytes, double seconds, String device) {
  /** Of what was not worth measuring. */
  static final Measurement WORST =
      new Measurement(0, Double.MAX_VALUE, Long.MAX_VALUE, Double.MAX_VALUE, "");

  /** The value of a metric. */
  public double value(Metric metric) {
    return switch (metric) {
      case ACCURACY -> accuracy;
      case DIVERGENCE -> divergence;
      case SIZE -> bytes;
      case LATENCY -> seconds;
    };
  }

  /** Whether this is at least as good in accuracy, size and latency, and better in one of them. */
  boolean dominates(Measurement other) {
    boolean noWorse =
        accuracy >= other.accuracy && bytes <= other.bytes && seconds <= other.seconds;
    return noWorse && (accuracy > other.accuracy || bytes < other.bytes || seconds < other.seconds);
  }
}
