package dev.gatun.quantize.optimize;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The recipes that there are: a choice of each dimension. */
public interface Space<R extends Recipe> {
  /** Choices of each dimension. */
  int[] sizes();

  /** The recipe of one choice of each dimension. */
  R recipe(int... choices);

  /** All choices, the last dimension fastest. */
  default List<int[]> all() {
    List<int[]> all = new ArrayList<>();
    int[] sizes = sizes();
    Optional<int[]> next = Optional.of(new int[sizes.length]);
    while (next.isPresent()) {
      all.add(next.get());
      next = successor(next.get(), sizes);
    }
    return all;
  }

  private static Optional<int[]> successor(int[] choices, int[] sizes) {
    int[] next = choices.clone();
    for (int at = next.length - 1; at >= 0; at--) {
      if (++next[at] < sizes[at]) {
        return Optional.of(next);
      }
      next[at] = 0;
    }
    return Optional.empty();
  }
}
