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

  public double mean() {
    return values.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
  }

  /** Standard deviation of a sample (n - 1); 0 for a single value. */
  public double deviation() {
    if (values.size() == 1) {
      return 0;
    }
    double mean = mean();
    double sum = values.stream().mapToDouble(x -> (x - mean) * (x - mean)).sum();
    return Math.sqrt(sum / (values.size() - 1));
  }

  public double median() {
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
