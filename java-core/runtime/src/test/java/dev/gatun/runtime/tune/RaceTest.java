package dev.gatun.runtime.tune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What beats what, with times that are given. */
class RaceTest {
  /** Two trial runs, then rounds. */
  private static final class Given implements Race.Variant {
    private final long[] times;
    private int runs;

    Given(long trial, long... rounds) {
      times = new long[2 + rounds.length];
      Arrays.fill(times, 0, 2, trial);
      System.arraycopy(rounds, 0, times, 2, rounds.length);
    }

    @Override
    public long run() {
      return times[runs++];
    }
  }

  private static Race.Outcome last(Given first, Given other) {
    return Race.run(List.of(first, other), first.times.length - 2).getLast();
  }

  @Test
  void whatIsClearlyFasterInEveryRoundWins() {
    Race.Outcome outcome = last(new Given(100, 100, 101, 99), new Given(90, 90, 91, 89));
    assertTrue(outcome.wins(), outcome.toString());
    assertEquals(100 / 90.0, outcome.ratio(), 0.01);
    assertEquals(90, outcome.nanoseconds());
  }

  @Test
  void aMachineThatSlowsDownIsSlowForBoth() {
    Race.Outcome outcome = last(new Given(100, 100, 200, 300), new Given(90, 90, 180, 270));
    assertTrue(outcome.wins(), outcome.toString());
    assertEquals(0, outcome.spread(), 1e-9);
  }

  @Test
  void whatIsFasterByLessThanTheNoiseDoesNotWin() {
    assertFalse(last(new Given(100, 100, 100, 100), new Given(99, 99, 99, 99)).wins());
    Race.Outcome noisy =
        last(new Given(100, 100, 100, 100, 100, 100), new Given(96, 80, 96, 120, 90, 105));
    assertTrue(noisy.ratio() > 1 + Race.LEAST, noisy.toString());
    assertFalse(noisy.wins(), noisy.toString());
  }

  @Test
  void whatIsHopelessInItsTrialIsNotRaced() {
    Given slow = new Given(1000);
    Race.Outcome outcome = last(new Given(100, 100, 100, 100), slow);
    assertFalse(outcome.raced() || outcome.wins());
    assertEquals(2, slow.runs);
    assertEquals(0.1, outcome.ratio(), 1e-9);
  }
}
