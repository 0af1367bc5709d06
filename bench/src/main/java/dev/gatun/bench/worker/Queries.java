package dev.gatun.bench.worker;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/** Runs queries one after the other: all scenarios but SERVER. */
public final class Queries {
  /** Queries of one round: more say nothing new, and fill the report. */
  public static final int MOST = 5_000;

  private Queries() {}

  /**
   * Runs queries, at least one.
   *
   * @param query runs once; nanoseconds
   * @param seconds that queries take together
   * @param most queries
   * @return seconds of each query
   */
  public static List<Double> run(LongSupplier query, double seconds, int most) {
    List<Double> latencies = new ArrayList<>();
    double sum = 0;
    do {
      double latency = query.getAsLong() / 1e9;
      latencies.add(latency);
      sum += latency;
    } while (sum < seconds && latencies.size() < most);
    return latencies;
  }
}
