package dev.gatun.bench.worker;

import dev.gatun.bench.stats.Difference;
import dev.gatun.bench.stats.Samples;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleSupplier;

/**
 * Runs queries until they no longer become faster: the JVM compiles, caches fill and clocks rise
 * before. A window of at least {@value #WINDOW} queries and {@value #WINDOW_SECONDS} s is faster
 * than the one before when its median is less by more than {@value #CHANGE} of it and chance does
 * not explain that. Times that scatter, or become longer again, are the machine's doing: waiting
 * does not end it, and the intervals tell of it.
 */
public final class Warmup {
  /** The criterion in words. */
  public static final String TEXT =
      "until a window of at least 3 queries and 0.1 s is not faster than the one before, twice;"
          + " faster is by more than 3 % of the median and by more than chance (Mann-Whitney U"
          + " test, one-sided, level 0.05)";

  static final int WINDOW = 3;
  static final double WINDOW_SECONDS = 0.1;
  static final double CHANGE = 0.03;

  /** Windows that must follow one that is not slower. */
  private static final int SETTLED = 2;

  /** Two windows are compared though time is up, unless they take so many times as long. */
  private static final double PATIENCE = 3;

  private Warmup() {}

  /**
   * What it came to.
   *
   * @param first seconds of the first query
   * @param typical median seconds of the last window
   */
  record Outcome(double first, double typical, int queries, double seconds, boolean steady) {}

  /**
   * Runs a query and at least one window.
   *
   * @param query runs once; seconds
   * @param most seconds after which no new window begins, once two can be compared
   */
  static Outcome run(DoubleSupplier query, double most) {
    double first = query.getAsDouble();
    int queries = 1;
    double total = first;
    int settled = 0;
    List<Double> before = List.of();
    while (true) {
      List<Double> window = window(query);
      queries += window.size();
      total += window.stream().mapToDouble(Double::doubleValue).sum();
      settled = before.isEmpty() || isFaster(window, before) ? 0 : settled + 1;
      boolean late = total > (before.isEmpty() ? PATIENCE * most : most);
      if (settled == SETTLED || late) {
        double typical = new Samples(window).median();
        return new Outcome(first, typical, queries, total, settled > 0);
      }
      before = window;
    }
  }

  private static List<Double> window(DoubleSupplier query) {
    List<Double> window = new ArrayList<>();
    double sum = 0;
    while (window.size() < WINDOW || sum < WINDOW_SECONDS) {
      double seconds = query.getAsDouble();
      window.add(seconds);
      sum += seconds;
    }
    return window;
  }

  private static boolean isFaster(List<Double> window, List<Double> before) {
    return new Samples(window).median() < (1 - CHANGE) * new Samples(before).median()
        && Difference.less(window, before) <= Difference.LEVEL;
  }
}
