package dev.gatun.models.tokenizer;

import static dev.gatun.models.tokenizer.UnicodeData.WHITESPACE;

import java.util.List;

/** Small expressions that match runs of one kind of character. */
final class RunRules {
  private RunRules() {}

  /** At most {@code max} code points of some classes: {@code \p{N}{1,3}}. */
  record ClassRun(int classes, int max) implements SplitRule.Matcher {
    @Override
    public int match(CodePoints text, int at, int end) {
      return text.run(at, end - at > max ? at + max : end, classes);
    }
  }

  /**
   * Code points of some classes, or of a set of others: {@code [\p{P}\$\+<=>]+}. With {@code
   * single}, one of them.
   */
  record MixedRun(int classes, CodePointSet others, boolean single) implements SplitRule.Matcher {
    @Override
    public int match(CodePoints text, int at, int end) {
      int i = at;
      while (i < end && (text.is(i, end, classes) || others.contains(text.at(i)))) {
        i++;
        if (single) {
          break;
        }
      }
      return i;
    }
  }

  /** One optional white space and code points of some classes: {@code \s?\p{L}+}. */
  record SpacedClassRun(int classes) implements SplitRule.Matcher {
    @Override
    public int match(CodePoints text, int at, int end) {
      int start = text.is(at, end, WHITESPACE) ? at + 1 : at;
      int i = text.run(start, end, classes);
      return i > start ? i : NONE;
    }
  }

  /**
   * A run within one of several disjoint sets, {@code [一-龥]+|[가-힣]+}, with {@code spaced} after one
   * optional white space. White space is never a member, whatever ranges it falls into.
   */
  record SetRun(boolean spaced, List<CodePointSet> sets) implements SplitRule.Matcher {
    SetRun(boolean spaced, CodePointSet... sets) {
      this(spaced, List.of(sets));
    }

    @Override
    public int match(CodePoints text, int at, int end) {
      int start = spaced && text.is(at, end, WHITESPACE) ? at + 1 : at;
      for (CodePointSet set : sets) {
        int i = start;
        while (i < end && set.contains(text.at(i)) && !text.is(i, end, WHITESPACE)) {
          i++;
        }
        if (i > start) {
          return i;
        }
      }
      return NONE;
    }
  }

  /** A single line break character: {@code [\r\n]}. */
  record Newline() implements SplitRule.Matcher {
    @Override
    public int match(CodePoints text, int at, int end) {
      return text.isNewline(at, end) ? at + 1 : NONE;
    }
  }

  /** Exactly three ASCII digits: {@code [0-9][0-9][0-9]}. */
  record ThreeDigits() implements SplitRule.Matcher {
    @Override
    public int match(CodePoints text, int at, int end) {
      for (int i = at; i < at + 3; i++) {
        if (!SplitParts.isAsciiDigit(text.at(i, end))) {
          return NONE;
        }
      }
      return at + 3;
    }
  }

  /** {@code \S+}. */
  record NonSpace() implements SplitRule.Matcher {
    @Override
    public int match(CodePoints text, int at, int end) {
      return text.run(at, end, ~WHITESPACE);
    }
  }

  /** BLOOM: {@code ?[^(\s|.,!?…。，、।۔،)]+}. */
  record BloomWord() implements SplitRule.Matcher {
    private static final CodePointSet STOPS =
        CodePointSet.of("(|.,!?)\u2026\u3002\uFF0C\u3001\u0964\u06D4\u060C");

    @Override
    public int match(CodePoints text, int at, int end) {
      int start = text.at(at) == ' ' ? at + 1 : at;
      int i = start;
      while (i < end && !text.is(i, end, WHITESPACE) && !STOPS.contains(text.at(i))) {
        i++;
      }
      return i > start ? i : NONE;
    }
  }

  /** {@code <sentinel:[0-9]+>}. */
  record Sentinel() implements SplitRule.Matcher {
    private static final String OPENING = "<sentinel:";

    @Override
    public int match(CodePoints text, int at, int end) {
      if (!startsWith(text, at, end, OPENING)) {
        return NONE;
      }
      int start = at + OPENING.length();
      int i = start;
      while (SplitParts.isAsciiDigit(text.at(i, end))) {
        i++;
      }
      return i > start && text.at(i, end) == '>' ? i + 1 : NONE;
    }
  }

  /** {@code IMGIMG[A-I]{1,4}Z}. */
  record ImageToken() implements SplitRule.Matcher {
    @Override
    public int match(CodePoints text, int at, int end) {
      if (!startsWith(text, at, end, "IMGIMG")) {
        return NONE;
      }
      int start = at + 6;
      int i = start;
      while (i < start + 4 && text.at(i, end) >= 'A' && text.at(i, end) <= 'I') {
        i++;
      }
      return i > start && text.at(i, end) == 'Z' ? i + 1 : NONE;
    }
  }

  /** {@code [\t\n]| | }: a tab, a line feed, four spaces, two spaces. */
  record Indentation() implements SplitRule.Matcher {
    @Override
    public int match(CodePoints text, int at, int end) {
      if (text.at(at) == '\t' || text.at(at) == '\n') {
        return at + 1;
      }
      return startsWith(text, at, end, "    ")
          ? at + 4
          : startsWith(text, at, end, "  ") ? at + 2 : NONE;
    }
  }

  private static boolean startsWith(CodePoints text, int at, int end, String ascii) {
    for (int i = 0; i < ascii.length(); i++) {
      if (text.at(at + i, end) != ascii.charAt(i)) {
        return false;
      }
    }
    return true;
  }
}
