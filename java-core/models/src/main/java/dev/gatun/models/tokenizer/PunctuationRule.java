package dev.gatun.models.tokenizer;

import static dev.gatun.models.tokenizer.UnicodeData.LETTER;
import static dev.gatun.models.tokenizer.UnicodeData.MARK;
import static dev.gatun.models.tokenizer.UnicodeData.PUNCTUATION;
import static dev.gatun.models.tokenizer.UnicodeData.SYMBOL;
import static dev.gatun.models.tokenizer.UnicodeData.WHITESPACE;

/**
 * The words of DeepSeek V3 and its relatives: ASCII punctuation may start an ASCII word, words are
 * letters and marks, and digits are somebody else's work.
 *
 * @param singleLines line breaks are pieces of one character, never a tail of symbols
 */
record PunctuationRule(boolean singleLines) implements SplitRule.Matcher {
  @Override
  public int match(CodePoints text, int at, int end) {
    int first = text.at(at);
    if (first >= 0 && first < 0x80 && text.is(at, end, PUNCTUATION | SYMBOL)) {
      int i = at + 1;
      while (SplitParts.isAsciiLetter(text.at(i, end))) {
        i++;
      }
      if (i > at + 1) {
        return i;
      }
    }
    if (text.is(at, end, LETTER | MARK)) {
      return text.run(at, end, LETTER | MARK);
    }
    if (!text.isNewline(at, end) && !text.is(at, end, PUNCTUATION | SYMBOL)) {
      int word = text.run(at + 1, end, LETTER | MARK);
      if (word > at + 1) {
        return word;
      }
    }
    int start = first == ' ' ? at + 1 : at;
    int symbols = text.run(start, end, PUNCTUATION | SYMBOL);
    if (symbols > start) {
      return singleLines ? symbols : WordRule.Tail.LINES.end(text, symbols, end);
    }
    if (!text.is(at, end, WHITESPACE)) {
      return NONE;
    }
    if (!singleLines) {
      return SplitParts.whitespaceOrLines(text, at, end);
    }
    return text.isNewline(at, end) ? at + 1 : SplitParts.whitespace(text, at, end);
  }
}
