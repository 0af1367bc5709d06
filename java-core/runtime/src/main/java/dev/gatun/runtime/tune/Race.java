package dev.gatun.runtime.tune;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Compares variants by time: each round runs every variant once, and a variant's ratio in a round
 * is the first one's time over its own, so that a machine that is slower for a while is so for
 * both.
 *
 * <p>A variant beats the first when the median of its ratios exceeds 1 by more than {@value #LEAST}
 * and by more than {@value #SPREADS} times their spread, the median distance from that median.
 */
final class Race {
  static final double LEAST = 0.02;
  static final int SPREADS = 2;

  /** A variant that is this many times as slow as the first in its trial run is not raced. */
  private static final double HOPELESS = 1.5;

  private static final int TRIALS = 2;

  /** Something that can be timed. */
  interface Variant {
    /** Runs once; nanoseconds. */
    long run();
  }

  /**
   * A variant's outcome.
   *
   * @param nanoseconds median of its rounds, or of its trial
   * @param ratio median ratio
   * @param spread of the ratios; 0 when it was not raced
   * @param raced false when its trial was hopeless
   */
  record Outcome(double nanoseconds, double ratio, double spread, boolean raced) {
    boolean wins() {
      return raced && ratio > 1 + Math.max(LEAST, SPREADS * spread);
    }
  }

  private Race() {}

  /** The outcomes of all variants, the first being what the others are compared with. */
  static List<Outcome> run(List<? extends Variant> variants, int rounds) {
    int count = variants.size();
    double[] trial = new double[count];
    for (int i = 0; i < count; i++) {
      for (int run = 0; run < TRIALS; run++) {
        // Only the last counts: code is compiled and memory touched in the others.
        trial[i] = variants.get(i).run();
      }
    }
    double[][] times = new double[count][rounds];
    for (int round = 0; round < rounds; round++) {
      for (int turn = 0; turn < count; turn++) {
        // Each round starts with another, so that none always follows the same.
        int i = (turn + round) % count;
        if (trial[i] <= HOPELESS * trial[0]) {
          times[i][round] = variants.get(i).run();
        }
      }
    }
    List<Outcome> outcomes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      outcomes.add(
          trial[i] <= HOPELESS * trial[0]
              ? outcome(times[0], times[i])
              : new Outcome(trial[i], trial[0] / trial[i], 0, false));
    }
    return outcomes;
  }

  private static Outcome outcome(double[] first, double[] own) {
    double[] ratios = new double[own.length];
    for (int i = 0; i < own.length; i++) {
      ratios[i] = first[i] / own[i];
    }
    double ratio = median(ratios);
    double[] distances = Arrays.stream(ratios).map(each -> Math.abs(each - ratio)).toArray();
    return new Outcome(median(own), ratio, median(distances), true);
  }

  static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
