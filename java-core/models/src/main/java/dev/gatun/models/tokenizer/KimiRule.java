package dev.gatun.models.tokenizer;

import static dev.gatun.models.tokenizer.UnicodeData.LETTER;
import static dev.gatun.models.tokenizer.UnicodeData.NUMBER;
import static dev.gatun.models.tokenizer.UnicodeData.WHITESPACE;

/** Kimi K2: runs of Han characters are pieces, and no word contains one. */
final class KimiRule implements SplitRule.Matcher {
  private static final CodePointSet HAN =
      CodePointSet.ofRanges(
          0x3400, 0x4DBF, 0x4E00, 0x9FFF, 0xF900, 0xFAFF, 0x20000, 0x2A6DF, 0x2A700, 0x2B73F,
          0x2B740, 0x2B81F, 0x2B820, 0x2CEAF, 0x2CEB0, 0x2EBEF, 0x2F800, 0x2FA1F);

  @Override
  public int match(CodePoints text, int at, int end) {
    int han = HAN.run(text, at, end);
    if (han > at) {
      return han;
    }
    if (!text.is(at, end, NUMBER) && !text.isNewline(at, end)) {
      int start = text.is(at, end, LETTER) ? at : at + 1;
      int i = start;
      while (text.is(i, end, LETTER) && !HAN.contains(text.at(i))) {
        i++;
      }
      if (i > start) {
        return i < end ? Math.max(i, SplitParts.contraction(text, i, end, true)) : i;
      }
    }
    if (text.is(at, end, NUMBER)) {
      return text.run(at, Math.min(end, at + 3), NUMBER);
    }
    return WordRule.symbolsOrSpace(
        text, at, end, WHITESPACE | NUMBER | LETTER, WordRule.Tail.LINES);
  }
}
