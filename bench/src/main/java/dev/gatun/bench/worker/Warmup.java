package dev.gatun.bench.worker;

import dev.gatun.bench.stats.Samples;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleSupplier;

/**
 * Runs queries until their times have settled: the medians of two successive windows of at least
 * {@value #WINDOW} queries and {@value #WINDOW_SECONDS} s differ by less than {@value #CHANGE} of
 * them. The JVM compiles, caches fill and clocks rise before.
 */
public final class Warmup {
  /** The criterion in words. */
  public static final String TEXT =
      "until the medians of two successive windows of at least 3 queries and 0.1 s differ by less than 3 %";

  static final int WINDOW = 3;
  static final double WINDOW_SECONDS = 0.1;
  static final double CHANGE = 0.03;

  private Warmup() {}

  /**
   * What it came to.
   *
   * @param first seconds of the first query
   * @param typical median seconds of the last window
   */
  record Outcome(double first, double typical, int queries, double seconds, boolean steady) {}

  /**
   * Runs at least one query and two windows.
   *
   * @param query runs once; seconds
   * @param most seconds after which no new window begins
   */
  static Outcome run(DoubleSupplier query, double most) {
    double first = query.getAsDouble();
    int queries = 1;
    double total = first;
    double before = Double.POSITIVE_INFINITY;
    while (true) {
      List<Double> window = new ArrayList<>();
      double sum = 0;
      while (window.size() < WINDOW || sum < WINDOW_SECONDS) {
        double seconds = query.getAsDouble();
        window.add(seconds);
        sum += seconds;
      }
      queries += window.size();
      total += sum;
      double median = new Samples(window).median();
      boolean steady = Math.abs(median - before) < CHANGE * median;
      if (steady || total > most) {
        return new Outcome(first, median, queries, total, steady);
      }
      before = median;
    }
  }
}
