package dev.gatun.bench.stats;

import java.util.Arrays;
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
    return median(array());
  }

  static double median(double... values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  /**
   * The least value that so many of the values do not exceed (nearest rank, as MLPerf takes its
   * percentiles).
   *
   * @param share above 0, at most 1
   */
  public double quantile(double share) {
    double[] sorted = array();
    Arrays.sort(sorted);
    return sorted[Math.clamp((int) Math.ceil(share * sorted.length), 1, sorted.length) - 1];
  }

  public double minimum() {
    return Arrays.stream(array()).min().orElseThrow();
  }

  public double maximum() {
    return Arrays.stream(array()).max().orElseThrow();
  }

  private double[] array() {
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }
}
