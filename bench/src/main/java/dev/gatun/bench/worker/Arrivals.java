package dev.gatun.bench.worker;

import dev.gatun.tensor.GatunException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * Queries that arrive by a Poisson process and wait for their turn: latency is from arrival to
 * answer. Seeded, so that every device sees the same arrivals at the same rate.
 */
final class Arrivals {
  private static final long SEED = 17;

  /** A queue of this many seconds means that the device cannot keep up: waiting tells nothing. */
  private static final double HOPELESS = 10;

  private Arrivals() {}

  /**
   * Runs queries as they arrive, at least one.
   *
   * @param query runs once
   * @return seconds of each query
   */
  static List<Double> run(Runnable query, double perSecond, double seconds) {
    var random = new SplittableRandom(SEED);
    List<Double> latencies = new ArrayList<>();
    long start = System.nanoTime();
    double arrival = 0;
    do {
      arrival -= Math.log1p(-random.nextDouble()) / perSecond;
      long due = start + (long) (arrival * 1e9);
      for (long now = System.nanoTime(); now < due; now = System.nanoTime()) {
        LockSupport.parkNanos(due - now);
        if (Thread.interrupted()) {
          throw new GatunException(GatunException.Kind.FAILURE, "the benchmark was interrupted");
        }
      }
      query.run();
      latencies.add((System.nanoTime() - due) / 1e9);
    } while (arrival < seconds && latencies.getLast() < HOPELESS);
    return latencies;
  }
}
