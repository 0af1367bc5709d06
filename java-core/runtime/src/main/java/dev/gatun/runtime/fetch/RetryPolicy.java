package dev.gatun.runtime.fetch;

import java.time.Duration;

/**
 * How stubborn a download is.
 *
 * @param attempts tries in a row that may bring nothing
 * @param restarts tries in all, so that a server that sends a byte each time ends too
 * @param firstDelay wait after the first failure; doubles from then on
 * @param longestDelay upper bound of a wait
 * @param stall longest time without a byte
 */
public record RetryPolicy(
    int attempts, int restarts, Duration firstDelay, Duration longestDelay, Duration stall) {
  public static final RetryPolicy DEFAULT =
      new RetryPolicy(
          5, 100, Duration.ofMillis(500), Duration.ofSeconds(30), Duration.ofSeconds(60));

  /** Wait before try {@code failures + 1}. */
  Duration delay(int failures) {
    long factor = 1L << Math.min(failures - 1, 20);
    Duration delay = firstDelay.multipliedBy(factor);
    return delay.compareTo(longestDelay) > 0 ? longestDelay : delay;
  }
}
