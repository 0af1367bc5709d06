package dev.gatun.models.tokenizer;

import static dev.gatun.models.tokenizer.UnicodeData.LETTER;
import static dev.gatun.models.tokenizer.UnicodeData.NUMBER;
import static dev.gatun.models.tokenizer.UnicodeData.WHITESPACE;

/**
 * GPT-2: {@code 's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+}.
 * Something always matches.
 */
record Gpt2Rule() implements SplitRule.Matcher {
  @Override
  public int match(CodePoints text, int at, int end) {
    int contraction = SplitParts.contraction(text, at, end, false);
    if (contraction > at) {
      return contraction;
    }
    int start = text.at(at) == ' ' ? at + 1 : at;
    if (text.is(start, end, LETTER)) {
      return text.run(start, end, LETTER);
    }
    if (text.is(start, end, NUMBER)) {
      return text.run(start, end, NUMBER);
    }
    int symbols = text.run(start, end, ~(WHITESPACE | LETTER | NUMBER));
    return symbols > start ? symbols : SplitParts.whitespace(text, at, end);
  }
}
