package dev.gatun.quantize.optimize;

import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/** In which order recipes are tried. Used by one thread. */
public sealed interface Search<R extends Recipe> {
  /**
   * What to try next.
   *
   * @return empty when the search is over
   */
  Optional<R> next();

  /** Tells what the last recipe came to. */
  void learn(Measurement measured);

  /** Every recipe of a space, in order. */
  final class Exhaustive<R extends Recipe> implements Search<R> {
    private final Space<R> space;
    private final Iterator<int[]> left;

    /** All of a space. */
    public Exhaustive(Space<R> space) {
      this.space = space;
      List<int[]> all = space.all();
      this.left = all.iterator();
    }

    @Override
    public Optional<R> next() {
      return left.hasNext() ? Optional.of(space.recipe(left.next())) : Optional.empty();
    }

    @Override
    public void learn(Measurement measured) {}
  }

  /** A tree-structured Parzen estimator; see {@link TpeSampler}. */
  final class Tpe<R extends Recipe> implements Search<R> {
    private final Space<R> space;
    private final TpeSampler sampler;
    private int left;
    private int[] last;

    /**
     * @param trials recipes to try
     */
    public Tpe(Space<R> space, Objective objective, int trials, long seed) {
      this.space = space;
      this.sampler = new TpeSampler(space.sizes(), objective, seed);
      this.left = trials;
    }

    @Override
    public Optional<R> next() {
      if (left-- <= 0) {
        return Optional.empty();
      }
      Optional<int[]> choice = sampler.next();
      choice.ifPresent(found -> last = found);
      return choice.map(space::recipe);
    }

    @Override
    public void learn(Measurement measured) {
      sampler.learn(last, measured);
    }
  }
}
