package dev.gatun.bench.stats;

import dev.gatun.bench.report.Interval;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.commons.statistics.distribution.NormalDistribution;
import org.apache.commons.statistics.distribution.TDistribution;

/**
 * Confidence intervals of medians by the percentile bootstrap, with rounds as clusters: each
 * resample draws rounds, then queries within them (Efron, Tibshirani: An Introduction to the
 * Bootstrap, 1993, sections 8.3 and 13.3; Field, Welsh: Bootstrapping clustered data, 2007).
 * Queries of one round share what the machine did at the time, so that they alone would promise too
 * much. With few rounds percentiles of the resamples are too near to each other; they are taken
 * farther out, where Student's distribution says (expanded percentiles: Hesterberg: What Teachers
 * Should Know About the Bootstrap, 2015, section 5.3.2). Seeded: the same samples give the same
 * interval.
 */
public final class Bootstrap {
  /** The method in words. */
  public static final String TEXT =
      "95 % by the bootstrap of the median, 2000 resamples of rounds and of queries within them,"
          + " percentiles expanded for few rounds";

  private static final int RESAMPLES = 2_000;

  /** Queries drawn of a round: more than these say nothing new of its median. */
  private static final int MOST_PER_ROUND = 200;

  private static final double TAIL = 0.025;
  private static final long SEED = 0x6761_7475_6eL;

  private Bootstrap() {}

  /**
   * The median of all samples with its 95 % interval.
   *
   * @param rounds samples of each, at least one of one
   */
  public static Interval median(List<List<Double>> rounds) {
    double[][] clusters =
        rounds.stream()
            .filter(round -> !round.isEmpty())
            .map(round -> round.stream().mapToDouble(Double::doubleValue).toArray())
            .toArray(double[][]::new);
    double[] all = Arrays.stream(clusters).flatMapToDouble(Arrays::stream).toArray();
    if (all.length == 0) {
      throw new IllegalArgumentException("no samples");
    }
    var random = new SplittableRandom(SEED);
    double[] medians = new double[RESAMPLES];
    for (int i = 0; i < RESAMPLES; i++) {
      medians[i] = Samples.median(resample(clusters, random));
    }
    Arrays.sort(medians);
    int cut = (int) Math.floor(tail(clusters.length) * RESAMPLES);
    double value = Samples.median(all);
    // With few rounds the percentiles may miss the median itself.
    return new Interval(
        value, Math.min(value, medians[cut]), Math.max(value, medians[RESAMPLES - 1 - cut]));
  }

  /**
   * Share of the resamples beyond an end of the interval: less than {@link #TAIL} for few rounds.
   */
  static double tail(int rounds) {
    if (rounds < 2) {
      return TAIL;
    }
    double t = TDistribution.of(rounds - 1.0).inverseSurvivalProbability(TAIL);
    double z = t * Math.sqrt(rounds / (rounds - 1.0));
    return NormalDistribution.of(0, 1).survivalProbability(z);
  }

  private static double[] resample(double[][] clusters, SplittableRandom random) {
    double[][] drawn = new double[clusters.length][];
    for (int c = 0; c < clusters.length; c++) {
      double[] round = clusters[random.nextInt(clusters.length)];
      drawn[c] = new double[Math.min(round.length, MOST_PER_ROUND)];
      for (int i = 0; i < drawn[c].length; i++) {
        drawn[c][i] = round[random.nextInt(round.length)];
      }
    }
    return Arrays.stream(drawn).flatMapToDouble(Arrays::stream).toArray();
  }
}
