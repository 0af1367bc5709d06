package dev.gatun.models.tokenizer;

import static dev.gatun.models.tokenizer.UnicodeData.NUMBER;
import static dev.gatun.models.tokenizer.UnicodeData.WHITESPACE;

/** Splitting rules that are more than a search for matches. */
final class SpecialRules {
  private SpecialRules() {}

  /** Runs of line feeds and runs of anything else: {@code [^\n]+|[\n]+}. */
  record Lines() implements SplitRule {
    @Override
    public void split(CodePoints text, int from, int to, IntList ends) {
      for (int i = from + 1; i < to; i++) {
        if (text.at(i) == '\n' != (text.at(i - 1) == '\n')) {
          ends.add(i);
        }
      }
      ends.add(to);
    }
  }

  /** White space at the very end of a piece: {@code \s+$}. */
  record TrailingSpace() implements SplitRule {
    @Override
    public void split(CodePoints text, int from, int to, IntList ends) {
      int i = to;
      while (i > from && text.is(i - 1, to, WHITESPACE)) {
        i--;
      }
      if (i > from && i < to) {
        ends.add(i);
      }
      ends.add(to);
    }
  }

  /**
   * Digits in groups of three counted from the right, as AFMoE and Tiny Aya have them. What stands
   * before a run of digits goes to the run's first group, as in llama.cpp; the rules that follow
   * cut it off again.
   */
  record DigitGroups() implements SplitRule {
    @Override
    public void split(CodePoints text, int from, int to, IntList ends) {
      int last = from;
      for (int i = from; i < to; ) {
        int end = text.run(i, to, NUMBER);
        if (end == i) {
          i++;
          continue;
        }
        int first = (end - i) % 3 == 0 ? 3 : (end - i) % 3;
        for (int cut = i + first; cut <= end; cut += 3) {
          ends.add(cut);
          last = cut;
        }
        i = end;
      }
      if (last < to) {
        ends.add(to);
      }
    }
  }

  /** Cuts before every third ASCII digit from the right: {@code (?=(\d{3})+(?!\d))}. */
  record DigitBoundaries() implements SplitRule {
    @Override
    public void split(CodePoints text, int from, int to, IntList ends) {
      int runEnd = from;
      for (int i = from; i < to; i++) {
        if (!SplitParts.isAsciiDigit(text.at(i))) {
          continue;
        }
        if (i >= runEnd) {
          runEnd = i;
          while (SplitParts.isAsciiDigit(text.at(runEnd, to))) {
            runEnd++;
          }
        }
        if (i > from && (runEnd - i) % 3 == 0) {
          ends.add(i);
        }
      }
      ends.add(to);
    }
  }

  /**
   * Jais 2: words as usual, but long white space in powers of two from 512 down, as far as more
   * white space or nothing follows.
   */
  record CascadedSpace(WordRule words) implements SplitRule {
    @Override
    public void split(CodePoints text, int from, int to, IntList ends) {
      for (int at = from; at < to; ) {
        int runEnd = text.run(at, to, WHITESPACE);
        if (runEnd - at < 2) {
          at = words.match(text, at, to);
          ends.add(at);
          continue;
        }
        int lines = SplitParts.lastNewline(text, at, runEnd);
        if (lines > at) {
          ends.add(lines);
          at = lines;
          continue;
        }
        int stop = runEnd == to ? runEnd : runEnd - 1;
        for (int size = 512; at < stop; ) {
          if (size > 1 && size > stop - at) {
            size /= 2;
            continue;
          }
          at += size;
          ends.add(at);
        }
      }
    }
  }
}
