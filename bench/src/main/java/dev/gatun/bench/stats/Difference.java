package dev.gatun.bench.stats;

import java.util.List;
import org.apache.commons.statistics.inference.AlternativeHypothesis;
import org.apache.commons.statistics.inference.MannWhitneyUTest;

/** Whether two series of measurements differ by more than chance. */
public final class Difference {
  /** The test in words. */
  public static final String TEXT =
      "Mann-Whitney U test on the medians of rounds, two-sided, level 0.05";

  /** Probability of chance below which a difference counts. */
  public static final double LEVEL = 0.05;

  private Difference() {}

  /**
   * Two-sided probability, by the Mann-Whitney U test, that two such series come of the same
   * distribution.
   *
   * @param a independent values, at least one: medians of rounds, not queries of one round
   * @param b likewise
   */
  public static double p(List<Double> a, List<Double> b) {
    return MannWhitneyUTest.withDefaults().test(array(a), array(b)).getPValue();
  }

  /** One-sided probability, by the same test, that {@code a} is as small by chance alone. */
  public static double less(List<Double> a, List<Double> b) {
    return MannWhitneyUTest.withDefaults()
        .with(AlternativeHypothesis.LESS_THAN)
        .test(array(a), array(b))
        .getPValue();
  }

  private static double[] array(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }
}
