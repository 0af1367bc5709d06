package dev.gatun.bench.report;

/** A figure with its 95 % confidence interval. */
public record Interval(double value, double low, double high) {
  /** Whether both could be intervals of the same figure: they have a number in common. */
  public boolean overlaps(Interval other) {
    return low <= other.high && other.low <= high;
  }
}
