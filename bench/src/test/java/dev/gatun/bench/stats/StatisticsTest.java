package dev.gatun.bench.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.bench.report.Interval;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class StatisticsTest {
  @Test
  void quantilesAreOfTheNearestRank() {
    Samples samples = new Samples(List.of(5.0, 1.0, 4.0, 2.0, 3.0, 9.0, 8.0, 7.0, 6.0, 10.0));
    assertEquals(5.5, samples.median());
    assertEquals(9, samples.quantile(0.9));
    assertEquals(10, samples.quantile(0.99));
    assertEquals(1, samples.quantile(0.01));
    assertThrows(IllegalArgumentException.class, () -> new Samples(List.of()));
  }

  /**
   * scipy 1.17.1: {@code scipy.stats.mannwhitneyu([1.1, 1.3, 0.9, 1.2, 1.0], [1.4, 1.6, 1.25, 1.5,
   * 1.8], method='exact').pvalue} and the same of two series that interleave.
   */
  @Test
  void theMannWhitneyTestGivesWhatScipyGives() {
    assertEquals(
        0.015873015873015872,
        Difference.p(List.of(1.1, 1.3, 0.9, 1.2, 1.0), List.of(1.4, 1.6, 1.25, 1.5, 1.8)),
        1e-12);
    assertEquals(
        0.6904761904761905,
        Difference.p(List.of(1.0, 3.0, 5.0, 7.0, 9.0), List.of(2.0, 4.0, 6.0, 8.0, 10.0)),
        1e-12);
  }

  private static List<Double> round(SplittableRandom random, double shift, int count) {
    List<Double> samples = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      samples.add(10 + shift + random.nextGaussian());
    }
    return samples;
  }

  /**
   * The median is 10; rounds drift by a standard deviation of 1, as queries within them do.
   *
   * @return how many of 200 intervals hold it
   */
  private static int held(int rounds) {
    var random = new SplittableRandom(1);
    int held = 0;
    for (int trial = 0; trial < 200; trial++) {
      List<List<Double>> samples = new ArrayList<>();
      for (int i = 0; i < rounds; i++) {
        samples.add(round(random, random.nextGaussian(), 8));
      }
      Interval interval = Bootstrap.median(samples);
      held += interval.low() <= 10 && 10 <= interval.high() ? 1 : 0;
    }
    return held;
  }

  @Test
  void intervalsHoldTheTrueMedianAlthoughRoundsDrift() {
    // 95 % are 190; the least and the most of four rounds hold it in seven of eight cases at best.
    assertTrue(held(12) >= 185, () -> held(12) + " of 200");
    assertTrue(held(6) >= 182, () -> held(6) + " of 200");
    assertTrue(held(4) >= 172, () -> held(4) + " of 200");
  }

  /** scipy 1.17.1: {@code norm.cdf(-sqrt(n / (n - 1)) * t.ppf(0.975, n - 1))} for n of 4 and 12. */
  @Test
  void fewRoundsReachFartherOut() {
    assertEquals(0.00011903073915322603, Bootstrap.tail(4), 1e-9);
    assertEquals(0.010756614916552488, Bootstrap.tail(12), 1e-9);
    assertEquals(0.025, Bootstrap.tail(1));
    assertEquals(0.025, Bootstrap.tail(10_000), 1e-4);
  }

  @Test
  void theSameSamplesGiveTheSameInterval() {
    List<List<Double>> rounds = List.of(List.of(1.0, 2.0, 3.0), List.of(2.0, 4.0));
    assertEquals(Bootstrap.median(rounds), Bootstrap.median(rounds));
    assertEquals(new Interval(7, 7, 7), Bootstrap.median(List.of(List.of(7.0))));
  }
}
