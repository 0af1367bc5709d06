package dev.gatun.models.tokenizer;

import static dev.gatun.models.tokenizer.UnicodeData.LETTER;
import static dev.gatun.models.tokenizer.UnicodeData.MARK;
import static dev.gatun.models.tokenizer.UnicodeData.NUMBER;
import static dev.gatun.models.tokenizer.UnicodeData.WHITESPACE;

/**
 * The family of expressions that began with cl100k: contractions, a word with at most one leading
 * character of another kind, short runs of digits, symbols with a leading space and trailing line
 * breaks, white space.
 *
 * @param wordClasses what words consist of: letters, or letters and marks
 * @param contractions whether {@code 's}, {@code 'LL} … are pieces of their own
 * @param spacedWords whether single spaces between letters stay inside a word
 * @param maxDigits the longest run of digits in one piece
 * @param tail what may follow symbols
 */
record WordRule(
    int wordClasses, boolean contractions, boolean spacedWords, int maxDigits, Tail tail)
    implements SplitRule.Matcher {

  /** What belongs to a piece of symbols at its end. */
  enum Tail {
    NOTHING,
    /** {@code [\r\n]*}. */
    LINES,
    /** {@code [\r\n/]*}. */
    LINES_AND_SLASHES,
    /** {@code [\r\n/]?}. */
    ONE_LINE_OR_SLASH;

    int end(CodePoints text, int at, int end) {
      if (this == NOTHING) {
        return at;
      }
      int limit = this == ONE_LINE_OR_SLASH ? Math.min(at + 1, end) : end;
      while (at < limit && (text.isNewline(at, limit) || (this != LINES && text.at(at) == '/'))) {
        at++;
      }
      return at;
    }
  }

  @Override
  public int match(CodePoints text, int at, int end) {
    if (contractions) {
      int contraction = SplitParts.contraction(text, at, end, true);
      if (contraction > at) {
        return contraction;
      }
    }
    if (!text.is(at, end, NUMBER) && !text.isNewline(at, end)) {
      int start = text.is(at, end, wordClasses) ? at : at + 1;
      int word = spacedWords ? spacedWord(text, at, end) : text.run(start, end, wordClasses);
      if (word > start) {
        return word;
      }
    }
    if (text.is(at, end, NUMBER)) {
      int limit = end - at > maxDigits ? at + maxDigits : end;
      return text.run(at, limit, NUMBER);
    }
    return symbolsOrSpace(text, at, end, WHITESPACE | NUMBER | wordClasses, tail);
  }

  /** {@code ?[^…]+} with its tail, or else white space; something always matches. */
  static int symbolsOrSpace(CodePoints text, int at, int end, int excluded, Tail tail) {
    int start = text.at(at) == ' ' ? at + 1 : at;
    int symbols = text.run(start, end, ~excluded);
    if (symbols > start) {
      return tail.end(text, symbols, end);
    }
    return SplitParts.whitespaceOrLines(text, at, end);
  }

  /** {@code [^\r\n\p{L}\p{N}]?(?:\p{L}\p{M}*(?: \p{L}\p{M}*)*)+}. */
  private static int spacedWord(CodePoints text, int at, int end) {
    int i = text.is(at, end, LETTER) ? at : at + 1;
    if (!text.is(i, end, LETTER)) {
      return SplitRule.Matcher.NONE;
    }
    while (true) {
      i = text.run(i, end, LETTER | MARK);
      if (text.at(i, end) != ' ' || !text.is(i + 1, end, LETTER)) {
        return i;
      }
      i++;
    }
  }
}
