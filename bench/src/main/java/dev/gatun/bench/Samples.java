package dev.gatun.bench;

import java.util.List;

/** Repeated measurements of one quantity, in the order in which they were taken. */
public record Samples(List<Double> values) {
  /**
   * @param values at least one
   */
  public Samples {
    values = List.copyOf(values);
    if (values.isEmpty()) {
      throw new IllegalArgumentException("no samples");
    }
  }

  /** Half of the values are larger; robust against single disturbances, unlike a mean. */
  public double median() {
    return median(values);
  }

  /** Median distance of the values from their median (median absolute deviation). */
  public double spread() {
    double median = median();
    return median(values.stream().map(value -> Math.abs(value - median)).toList());
  }

  private static double median(List<Double> values) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  public double minimum() {
    return values.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
  }

  public double maximum() {
    return values.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
  }
}
