package dev.gatun.bench.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class WarmupTest {
  @Test
  void itEndsWhenQueriesNoLongerBecomeFaster() {
    // Seconds fall for the first six queries, then stay.
    AtomicInteger at = new AtomicInteger();
    Warmup.Outcome outcome = Warmup.run(() -> Math.max(0.1, 0.8 - 0.1 * at.getAndIncrement()), 100);
    assertTrue(outcome.steady());
    assertEquals(0.8, outcome.first());
    assertEquals(0.1, outcome.typical());
    // Two windows become faster, and the two after the third do not.
    assertEquals(1 + 5 * Warmup.WINDOW, outcome.queries());
  }

  @Test
  void itGivesUpOnTimesThatFallAndFall() {
    AtomicInteger at = new AtomicInteger();
    Warmup.Outcome outcome = Warmup.run(() -> Math.pow(0.95, at.getAndIncrement()), 5);
    assertFalse(outcome.steady());
    assertTrue(outcome.seconds() > 5 && outcome.seconds() < 9);
  }

  @Test
  void whatScattersIsSteady() {
    // Medians of windows differ by far more than 3 %, now up and now down.
    var random = new SplittableRandom(3);
    int steady = 0;
    for (int i = 0; i < 50; i++) {
      steady += Warmup.run(() -> 0.2 * Math.exp(0.2 * random.nextGaussian()), 60).steady() ? 1 : 0;
    }
    assertEquals(50, steady);
  }

  @Test
  void slowQueriesAreComparedThoughTimeIsUp() {
    Warmup.Outcome outcome = Warmup.run(() -> 0.7, 2);
    assertTrue(outcome.steady());
    assertEquals(1 + 2 * Warmup.WINDOW, outcome.queries());
    Warmup.Outcome slower = Warmup.run(() -> 7, 2);
    assertFalse(slower.steady());
    assertEquals(1 + Warmup.WINDOW, slower.queries());
  }

  @Test
  void waitingForOthersIsPartOfTheLatencyOfAnArrival() {
    // Far more arrive than are answered: each waits for all before it.
    List<Double> latencies = Arrivals.run(() -> sleep(4), 2_000, 0.02);
    assertTrue(latencies.size() > 10, latencies.toString());
    List<Double> sorted = new ArrayList<>(latencies);
    sorted.sort(null);
    assertEquals(sorted.getLast(), latencies.getLast());
    assertTrue(latencies.getLast() > 0.004 * (latencies.size() - 1) - 0.02);
  }

  @Test
  void arrivalsAreTheSameEveryTime() {
    List<Integer> counts =
        IntStream.range(0, 2).mapToObj(_ -> Arrivals.run(() -> {}, 1_000, 0.05).size()).toList();
    assertEquals(counts.getFirst(), counts.getLast());
  }

  private static void sleep(long milliseconds) {
    try {
      Thread.sleep(milliseconds);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
