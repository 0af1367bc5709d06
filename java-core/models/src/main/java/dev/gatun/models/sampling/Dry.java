package dev.gatun.models.sampling;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;

/**
 * The penalty that {@link DryOptions} describes. Lengths of repetitions come from the Z algorithm
 * over the reversed window (D. Gusfield, "Algorithms on Strings, Trees, and Sequences", 1997,
 * section 1.3): time is linear in the window.
 */
final class Dry {
  private final double multiplier;
  private final float base;
  private final int allowedLength;
  private final int largestExponent;

  /** Sorted first tokens of breakers, and for each what follows it. */
  private final int[] heads;

  private final int[][][] tails;

  private final TokenWindow window;

  /** By age: how many tokens ending there equal the newest ones. */
  private int[] matches = new int[0];

  /** By token: the length, plus one, of the longest repetition that it would continue; else 0. */
  private final int[] longest;

  Dry(DryOptions options, int vocabularySize) {
    multiplier = options.multiplier();
    base = options.base();
    allowedLength = options.allowedLength();
    // Keeps the penalty within the range of float.
    largestExponent =
        base > 1.000001f
            ? (int) (StrictMath.log(Float.MAX_VALUE) / StrictMath.log(base))
            : Integer.MAX_VALUE;
    var byHead = new TreeMap<Integer, List<int[]>>();
    for (List<Integer> breaker : options.sequenceBreakers().sequences()) {
      byHead
          .computeIfAbsent(breaker.getFirst(), head -> new ArrayList<>())
          .add(breaker.stream().skip(1).mapToInt(Integer::intValue).toArray());
    }
    heads = byHead.keySet().stream().mapToInt(Integer::intValue).toArray();
    tails =
        byHead.values().stream().map(list -> list.toArray(int[][]::new)).toArray(int[][][]::new);
    window = new TokenWindow(options.penaltyLastN());
    longest = new int[vocabularySize];
  }

  void accept(int token) {
    window.add(token);
  }

  void apply(float[] logits) {
    int size = window.size();
    int limit = size <= allowedLength ? -1 : distanceToBreaker();
    if (limit < allowedLength) {
      return;
    }
    findMatches();
    for (int age = 1; age < size; age++) {
      int length = Math.min(matches[age], limit);
      int continuation = window.back(age - 1);
      if (length >= allowedLength && length + 1 > longest[continuation]) {
        longest[continuation] = length + 1;
      }
    }
    for (int age = 0; age < size - 1; age++) {
      int token = window.back(age);
      if (longest[token] > 0) {
        if (!isBreaker(token)) {
          int exponent = Math.min(longest[token] - 1 - allowedLength, largestExponent);
          logits[token] -= (float) (multiplier * StrictMath.pow(base, exponent));
        }
        longest[token] = 0;
      }
    }
  }

  /** How many of the newest tokens come after the last breaker. */
  private int distanceToBreaker() {
    for (int age = 0; age < window.size(); age++) {
      int head = Arrays.binarySearch(heads, window.back(age));
      if (head >= 0) {
        int tail = longestTail(tails[head], age);
        if (tail >= 0) {
          return age - tail;
        }
      }
    }
    return window.size();
  }

  /** Length of the longest tail that stands behind the token of this age; -1 for none. */
  private int longestTail(int[][] candidates, int age) {
    int best = -1;
    for (int[] tail : candidates) {
      if (tail.length > best && tail.length <= age) {
        int equal = 0;
        while (equal < tail.length && tail[equal] == window.back(age - 1 - equal)) {
          equal++;
        }
        if (equal == tail.length) {
          best = tail.length;
        }
      }
    }
    return best;
  }

  private boolean isBreaker(int token) {
    int head = Arrays.binarySearch(heads, token);
    if (head >= 0) {
      for (int[] tail : tails[head]) {
        if (tail.length == 0) {
          return true;
        }
      }
    }
    return false;
  }

  private void findMatches() {
    int size = window.size();
    if (matches.length < size) {
      matches = new int[Math.max(size, 2 * matches.length)];
    }
    int boxStart = 0;
    int boxEnd = 0;
    for (int age = 1; age < size; age++) {
      int length = age < boxEnd ? Math.min(matches[age - boxStart], boxEnd - age) : 0;
      while (age + length < size && window.back(length) == window.back(age + length)) {
        length++;
      }
      matches[age] = length;
      if (age + length > boxEnd) {
        boxStart = age;
        boxEnd = age + length;
      }
    }
  }
}
