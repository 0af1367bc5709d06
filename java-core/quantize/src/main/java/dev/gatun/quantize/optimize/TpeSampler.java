package dev.gatun.quantize.optimize;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/**
 * Tree-structured Parzen estimator over choices (Bergstra et al., "Algorithms for Hyper-Parameter
 * Optimization", 2011, section 4): what was tried is divided into the better quarter and the rest;
 * for each dimension, choices are drawn as they occur among the better, and of several draws the
 * one is tried that is likeliest there and unlikeliest among the rest. Begins with random choices.
 * The same seed gives the same sequence.
 */
final class TpeSampler {
  private static final int RANDOM = 5;
  private static final double BETTER = 0.25;
  private static final int DRAWS = 24;

  /** Tries to find something new before a space counts as exhausted. */
  private static final int ATTEMPTS = 200;

  /** What was tried, and what it came to. */
  private static final class Seen {
    private final int[] choices;
    private final Measurement measured;

    Seen(int[] choices, Measurement measured) {
      this.choices = choices;
      this.measured = measured;
    }
  }

  private final int[] sizes;
  private final Objective objective;
  private final Random random;
  private final List<Seen> seen = new ArrayList<>();
  private final Set<String> tried = new HashSet<>();

  TpeSampler(int[] sizes, Objective objective, long seed) {
    this.sizes = sizes.clone();
    this.objective = objective;
    this.random = new Random(seed);
  }

  void learn(int[] choices, Measurement measured) {
    seen.add(new Seen(choices, measured));
  }

  /** The next choices, never the same twice. */
  Optional<int[]> next() {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      int[] choices = seen.size() < RANDOM ? uniform() : drawn();
      if (tried.add(Arrays.toString(choices))) {
        return Optional.of(choices);
      }
    }
    return Optional.empty();
  }

  private int[] uniform() {
    return Arrays.stream(sizes).map(random::nextInt).toArray();
  }

  private int[] drawn() {
    seen.sort((one, other) ->
        objective.prefers(one.measured, other.measured)
            ? -1
            : objective.prefers(other.measured, one.measured) ? 1 : 0);
    int split = (int) Math.ceil(BETTER * seen.size());
    List<Seen> better = seen.subList(0, split);
    List<Seen> rest = seen.subList(split, seen.size());
    int[] best = uniform();
    double highest = Double.NEGATIVE_INFINITY;
    for (int draw = 0; draw < DRAWS; draw++) {
      int[] choices = new int[sizes.length];
      double score = 0;
      for (int dimension = 0; dimension < sizes.length; dimension++) {
        choices[dimension] = draw(better, dimension);
        score +=
            Math.log(density(better, dimension, choices[dimension]))
                - Math.log(density(rest, dimension, choices[dimension]));
      }
      if (score > highest && !tried.contains(Arrays.toString(choices))) {
        highest = score;
        best = choices;
      }
    }
    return best;
  }

  private int draw(List<Seen> among, int dimension) {
    double left = random.nextDouble();
    for (int choice = 0; choice < sizes[dimension] - 1; choice++) {
      left -= density(among, dimension, choice);
      if (left < 0) {
        return choice;
      }
    }
    return sizes[dimension] - 1;
  }

  /** How often a choice occurs, each counted once more than it does. */
  private double density(List<Seen> among, int dimension, int choice) {
    long count = among.stream().filter(one -> one.choices[dimension] == choice).count();
    return (count + 1.0) / (among.size() + sizes[dimension]);
  }
}
