package dev.gatun.models.tokenizer;

/**
 * One step of pre-tokenization: cuts a piece of text into smaller pieces, inside which, and never
 * across which, byte pairs are merged. Steps follow one another, each on the pieces of the one
 * before. Stateless.
 */
interface SplitRule {
  /**
   * Appends where the pieces of {@code text[from, to)} end, ascending; the last end is {@code to}.
   */
  void split(CodePoints text, int from, int to, IntList ends);

  /** An expression that is tried at one position. */
  interface Matcher {
    /** What a matcher answers where it does not match. */
    int NONE = -1;

    /** Where the match that starts at {@code at} ends; {@link #NONE} where there is none. */
    int match(CodePoints text, int at, int end);
  }

  /**
   * Isolates what an expression matches, like a search for all matches from left to right: matches
   * are pieces, and what lies between two matches is a piece as well.
   */
  record Isolate(Matcher matcher) implements SplitRule {
    @Override
    public void split(CodePoints text, int from, int to, IntList ends) {
      int gap = from;
      for (int at = from; at < to; ) {
        int end = matcher.match(text, at, to);
        if (end <= at) {
          at++;
          continue;
        }
        if (gap < at) {
          ends.add(at);
        }
        ends.add(end);
        gap = end;
        at = end;
      }
      if (gap < to) {
        ends.add(to);
      }
    }
  }
}
