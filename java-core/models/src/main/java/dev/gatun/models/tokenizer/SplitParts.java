package dev.gatun.models.tokenizer;

import static dev.gatun.models.tokenizer.UnicodeData.WHITESPACE;

/** What many splitting rules have in common. Each returns the end of the match. */
final class SplitParts {
  private SplitParts() {}

  /** {@code 's|'t|'m|'d|'re|'ve|'ll}, where {@code at} is before the end; else NONE. */
  static int contraction(CodePoints text, int at, int end, boolean anyCase) {
    if (text.at(at) != '\'' || at + 1 >= end) {
      return SplitRule.Matcher.NONE;
    }
    int first = fold(text.at(at + 1), anyCase);
    if (first == 's' || first == 't' || first == 'm' || first == 'd') {
      return at + 2;
    }
    if (at + 2 < end) {
      int second = fold(text.at(at + 2), anyCase);
      if ((second == 'e' && (first == 'r' || first == 'v')) || (second == 'l' && first == 'l')) {
        return at + 3;
      }
    }
    return SplitRule.Matcher.NONE;
  }

  /** {@code \s*[\r\n]+|\s+(?!\S)|\s+} at white space. */
  static int whitespaceOrLines(CodePoints text, int at, int end) {
    int runEnd = text.run(at, end, WHITESPACE);
    int lines = lastNewline(text, at, runEnd);
    return lines > at ? lines : leaveOne(at, runEnd, end);
  }

  /** {@code \s+(?!\S)|\s+} at white space. */
  static int whitespace(CodePoints text, int at, int end) {
    return leaveOne(at, text.run(at, end, WHITESPACE), end);
  }

  /** The end of the last line break in a run; its start where there is none. */
  static int lastNewline(CodePoints text, int at, int runEnd) {
    int i = runEnd;
    while (i > at && !text.isNewline(i - 1, runEnd)) {
      i--;
    }
    return i;
  }

  /** The last white space before a word goes to the word. */
  private static int leaveOne(int at, int runEnd, int end) {
    return runEnd - at > 1 && runEnd < end ? runEnd - 1 : runEnd;
  }

  static boolean isAsciiLetter(int cp) {
    return (cp >= 'a' && cp <= 'z') || (cp >= 'A' && cp <= 'Z');
  }

  static boolean isAsciiDigit(int cp) {
    return cp >= '0' && cp <= '9';
  }

  private static int fold(int cp, boolean anyCase) {
    return anyCase && cp >= 'A' && cp <= 'Z' ? cp + ('a' - 'A') : cp;
  }
}
