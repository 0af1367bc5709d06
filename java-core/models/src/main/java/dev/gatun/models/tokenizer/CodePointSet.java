package dev.gatun.models.tokenizer;

import java.util.Arrays;

/** A set of code points, as sorted disjoint ranges. */
final class CodePointSet {
  private final int[] bounds;

  private CodePointSet(int[] bounds) {
    this.bounds = bounds;
  }

  /** Ranges as first, last, first, last …, ascending. */
  static CodePointSet ofRanges(int... firstsAndLasts) {
    int[] bounds = firstsAndLasts.clone();
    for (int i = 0; i < bounds.length; i++) {
      if ((i & 1) == 1) {
        bounds[i]++;
      }
      if (i > 0 && bounds[i] < bounds[i - 1]) {
        throw new IllegalArgumentException("ranges are not ascending at " + i);
      }
    }
    return new CodePointSet(bounds);
  }

  /** Every code point of a string, in any order. */
  static CodePointSet of(String members) {
    int[] sorted = members.codePoints().sorted().distinct().toArray();
    int[] ranges = new int[2 * sorted.length];
    for (int i = 0; i < sorted.length; i++) {
      ranges[2 * i] = sorted[i];
      ranges[2 * i + 1] = sorted[i];
    }
    return ofRanges(ranges);
  }

  boolean contains(int cp) {
    int i = Arrays.binarySearch(bounds, cp);
    // Bounds alternate between first and past-the-end; adjacent ranges share one value, which is
    // then also a first.
    if (i < 0) {
      return (-i - 1 & 1) == 1;
    }
    return (i & 1) == 0 || (i + 1 < bounds.length && bounds[i + 1] == cp);
  }

  /** Where the run of members ends. */
  int run(CodePoints text, int at, int end) {
    while (at < end && contains(text.at(at))) {
      at++;
    }
    return at;
  }
}
