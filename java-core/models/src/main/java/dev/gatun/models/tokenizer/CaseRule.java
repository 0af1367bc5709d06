package dev.gatun.models.tokenizer;

import static dev.gatun.models.tokenizer.UnicodeData.LETTER;
import static dev.gatun.models.tokenizer.UnicodeData.NUMBER;
import static dev.gatun.models.tokenizer.UnicodeData.WHITESPACE;

/**
 * The family of expressions that began with o200k: words are also cut where a lower-case letter is
 * followed by an upper-case one, and keep their contractions.
 *
 * <p>As llama.cpp has it, case is known for ASCII only; every other letter is both. A word is
 * {@code upper* lower+}, or else {@code upper+ lower*}, with the backtracking that this order
 * implies: of "ÀBC" the first gives "À", because a non-ASCII letter may end the lower part.
 *
 * @param wordClasses what words consist of: letters, or letters and marks
 * @param cased whether case cuts words
 * @param contractions whether {@code 's}, {@code 'LL} … stay with the word before them
 * @param maxDigits the longest run of digits in one piece
 */
record CaseRule(int wordClasses, boolean cased, boolean contractions, int maxDigits)
    implements SplitRule.Matcher {

  @Override
  public int match(CodePoints text, int at, int end) {
    if (!text.is(at, end, NUMBER) && !text.isNewline(at, end)) {
      int word = word(text, at, end);
      if (word > at) {
        int longer =
            contractions && word < end ? SplitParts.contraction(text, word, end, true) : NONE;
        return Math.max(word, longer);
      }
    }
    if (text.is(at, end, NUMBER)) {
      int limit = end - at > maxDigits ? at + maxDigits : end;
      return text.run(at, limit, NUMBER);
    }
    return WordRule.symbolsOrSpace(
        text, at, end, WHITESPACE | NUMBER | LETTER, WordRule.Tail.LINES_AND_SLASHES);
  }

  private int word(CodePoints text, int at, int end) {
    boolean maySkip = !text.is(at, end, LETTER);
    int word = maySkip ? lowerEnding(text, at + 1, end) : NONE;
    if (word < 0) {
      word = lowerEnding(text, at, end);
    }
    if (word < 0 && maySkip) {
      word = upperStarting(text, at + 1, end);
    }
    return word < 0 ? upperStarting(text, at, end) : word;
  }

  /** {@code upper* lower+}. */
  private int lowerEnding(CodePoints text, int at, int end) {
    int upperEnd = at;
    while (isUpper(text, upperEnd, end)) {
      upperEnd++;
    }
    int lowerEnd = upperEnd;
    while (isLower(text, lowerEnd, end)) {
      lowerEnd++;
    }
    if (lowerEnd > upperEnd) {
      return lowerEnd;
    }
    for (int i = upperEnd - 1; i >= at; i--) {
      if (isLower(text, i, end)) {
        return i + 1;
      }
    }
    return NONE;
  }

  /** {@code upper+ lower*}. */
  private int upperStarting(CodePoints text, int at, int end) {
    int i = at;
    while (isUpper(text, i, end)) {
      i++;
    }
    if (i == at) {
      return NONE;
    }
    while (isLower(text, i, end)) {
      i++;
    }
    return i;
  }

  private boolean isUpper(CodePoints text, int i, int end) {
    return text.is(i, end, wordClasses) && !(cased && text.at(i) >= 'a' && text.at(i) <= 'z');
  }

  private boolean isLower(CodePoints text, int i, int end) {
    return text.is(i, end, wordClasses) && !(cased && text.at(i) >= 'A' && text.at(i) <= 'Z');
  }
}
