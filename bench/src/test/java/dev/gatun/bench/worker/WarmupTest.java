package dev.gatun.bench.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class WarmupTest {
  @Test
  void itEndsWhenTwoWindowsAgree() {
    // Seconds fall for the first six queries, then stay.
    AtomicInteger at = new AtomicInteger();
    Warmup.Outcome outcome = Warmup.run(() -> Math.max(0.1, 0.8 - 0.1 * at.getAndIncrement()), 100);
    assertTrue(outcome.steady());
    assertEquals(0.8, outcome.first());
    assertEquals(0.1, outcome.typical());
    assertEquals(1 + 4 * Warmup.WINDOW, outcome.queries());
  }

  @Test
  void itGivesUpOnTimesThatNeverSettle() {
    AtomicInteger at = new AtomicInteger();
    Warmup.Outcome outcome = Warmup.run(() -> Math.pow(1.1, at.getAndIncrement()), 5);
    assertFalse(outcome.steady());
    assertTrue(outcome.seconds() > 5);
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
