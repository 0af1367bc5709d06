package dev.gatun.models.sampling;

import java.util.Arrays;
import java.util.List;

/**
 * Finds the first stop text in text that arrives in pieces, and holds back no more than what may be
 * the beginning of one. The result does not depend on where the pieces are divided: of several stop
 * texts, the one that is complete first wins; of those complete at the same character, the longest.
 * For one text; one thread at a time.
 *
 * <p>Each stop text is matched by the automaton of D. E. Knuth, J. H. Morris, V. R. Pratt, "Fast
 * pattern matching in strings", 1977: time is proportional to the text, whatever repeats in it.
 */
public final class StopMatcher {
  private final List<String> stops;

  /** For each stop text and length of a matched part: the longest proper border of that part. */
  private final int[][] borders;

  /** For each stop text: how many of its characters the text ends with. */
  private final int[] matched;

  private final StringBuilder pending = new StringBuilder();
  private boolean stopped;

  /**
   * @param stops texts that end the text, in UTF-16; none for text that only passes through
   * @throws IllegalArgumentException when a stop text is empty
   */
  public StopMatcher(List<String> stops) {
    this.stops = List.copyOf(stops);
    borders = new int[this.stops.size()][];
    matched = new int[this.stops.size()];
    for (int i = 0; i < borders.length; i++) {
      if (this.stops.get(i).isEmpty()) {
        throw new IllegalArgumentException("stop text %d of %s is empty".formatted(i, this.stops));
      }
      borders[i] = borders(this.stops.get(i));
    }
  }

  private static int[] borders(String stop) {
    int[] borders = new int[stop.length() + 1];
    int length = 0;
    for (int i = 1; i < stop.length(); i++) {
      length = extend(stop, borders, length, stop.charAt(i));
      borders[i + 1] = length;
    }
    return borders;
  }

  /** The longest start of {@code stop} that the text ends with, after one more character. */
  private static int extend(String stop, int[] borders, int length, char next) {
    int matched = length;
    while (matched > 0 && stop.charAt(matched) != next) {
      matched = borders[matched];
    }
    return stop.charAt(matched) == next ? matched + 1 : 0;
  }

  /**
   * Takes the next piece of the text.
   *
   * @return what may be shown now: what was held back and cannot be the beginning of a stop text
   *     any more, and the piece, less what may be such a beginning. When a stop text is complete:
   *     what stands before it; afterwards always the empty string
   */
  public String accept(String chunk) {
    if (stopped) {
      return "";
    }
    if (borders.length == 0) {
      return chunk;
    }
    for (int at = 0; at < chunk.length(); at++) {
      pending.append(chunk.charAt(at));
      int complete = advance(chunk.charAt(at));
      if (complete > 0) {
        stopped = true;
        return release(complete, true);
      }
    }
    int held = 0;
    for (int length : matched) {
      held = Math.max(held, length);
    }
    return release(held, false);
  }

  /** Length of the longest stop text that this character completes; 0 for none. */
  private int advance(char next) {
    int complete = 0;
    for (int i = 0; i < borders.length; i++) {
      String stop = stops.get(i);
      matched[i] = extend(stop, borders[i], matched[i], next);
      if (matched[i] == stop.length()) {
        complete = Math.max(complete, matched[i]);
      }
    }
    return complete;
  }

  /** The pending text less its end, which stays or is dropped. */
  private String release(int end, boolean drop) {
    int length = pending.length() - end;
    String text = pending.substring(0, length);
    pending.delete(0, drop ? pending.length() : length);
    return text;
  }

  /** Whether a stop text is complete: it and what follows are dropped. */
  public boolean isStopped() {
    return stopped;
  }

  /**
   * Ends the text. Unless it is stopped, the matcher can then be given another one.
   *
   * @return what was held back, since no stop text can follow; empty when stopped
   */
  public String finish() {
    Arrays.fill(matched, 0);
    return release(0, true);
  }
}
