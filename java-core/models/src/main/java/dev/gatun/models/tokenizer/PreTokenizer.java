package dev.gatun.models.tokenizer;

import dev.gatun.models.tokenizer.RunRules.BloomWord;
import dev.gatun.models.tokenizer.RunRules.ClassRun;
import dev.gatun.models.tokenizer.RunRules.ImageToken;
import dev.gatun.models.tokenizer.RunRules.Indentation;
import dev.gatun.models.tokenizer.RunRules.MixedRun;
import dev.gatun.models.tokenizer.RunRules.Newline;
import dev.gatun.models.tokenizer.RunRules.NonSpace;
import dev.gatun.models.tokenizer.RunRules.Sentinel;
import dev.gatun.models.tokenizer.RunRules.SetRun;
import dev.gatun.models.tokenizer.RunRules.SpacedClassRun;
import dev.gatun.models.tokenizer.RunRules.ThreeDigits;
import dev.gatun.models.tokenizer.SpecialRules.CascadedSpace;
import dev.gatun.models.tokenizer.SpecialRules.DigitBoundaries;
import dev.gatun.models.tokenizer.SpecialRules.DigitGroups;
import dev.gatun.models.tokenizer.SpecialRules.Lines;
import dev.gatun.models.tokenizer.SpecialRules.TrailingSpace;
import dev.gatun.models.tokenizer.WordRule.Tail;
import java.util.List;

/**
 * How a byte-level BPE model splits text before merging: the steps behind a name under {@code
 * tokenizer.ggml.pre}. The names and what each implies are llama.cpp's ({@code llama-vocab.cpp});
 * the expressions are those of the models' own tokenizer files as llama.cpp evaluates them.
 */
enum PreTokenizer {
  DEFAULT,
  LLAMA3,
  JAIS2,
  DEEPSEEK_LLM,
  DEEPSEEK_CODER,
  DEEPSEEK3,
  SPARK,
  YOUTU,
  FALCON,
  STARCODER,
  GPT2,
  QWEN2,
  QWEN35,
  BLOOM,
  VIKING,
  TEKKEN,
  CHAMELEON,
  GPT4O,
  GRANITE_EMBEDDING,
  TINY_AYA,
  KIMI_K2,
  SUPERBPE,
  SEED_CODER,
  UFAKZEKA,
  AFMOE,
  LAGUNA,
  EXAONE_MOE,
  LINES,
  MINICPM5,
  WHITESPACE;

  private static final int LETTER = UnicodeData.LETTER;
  private static final int NUMBER = UnicodeData.NUMBER;
  private static final int PUNCTUATION = UnicodeData.PUNCTUATION;
  private static final int WORD = UnicodeData.LETTER | UnicodeData.MARK;
  private static final int ANY = Integer.MAX_VALUE;

  /** The steps, in order. */
  List<SplitRule> rules() {
    return switch (this) {
      case DEFAULT ->
          steps(mixed(PUNCTUATION, "$+<=>^~|"), new Gpt2Rule(), digits(ANY), new ThreeDigits());
      case LLAMA3 -> steps(words(LETTER, 3, Tail.LINES));
      case JAIS2 -> List.of(new CascadedSpace(words(LETTER, 3, Tail.LINES)));
      case DEEPSEEK_LLM ->
          List.of(
              isolate(new Newline()),
              isolate(new SetRun(true, Scripts.CASED)),
              isolate(new SetRun(true, Scripts.DEEPSEEK_PUNCTUATION)),
              new TrailingSpace(),
              isolate(new SetRun(false, Scripts.DEEPSEEK_IDEOGRAPHS)),
              isolate(digits(ANY)));
      case DEEPSEEK_CODER ->
          steps(
              new Newline(),
              new SpacedClassRun(LETTER),
              new SpacedClassRun(PUNCTUATION),
              new SetRun(false, Scripts.DEEPSEEK_IDEOGRAPHS),
              digits(1));
      case DEEPSEEK3 ->
          steps(digits(3), new SetRun(false, Scripts.HAN_AND_KANA), new PunctuationRule(false));
      case SPARK ->
          steps(
              digits(3),
              new SetRun(false, Scripts.HAN_AND_KANA),
              new PunctuationRule(true),
              digits(1));
      case YOUTU ->
          steps(
              new SetRun(
                  false,
                  Scripts.HANGUL,
                  Scripts.YOUTU_PUNCTUATION,
                  Scripts.BOPOMOFO,
                  Scripts.HAN_AND_KANA),
              new CaseRule(WORD, false, true, 1));
      case FALCON -> steps(mixed(PUNCTUATION, "$+<=>^~|`"), new Gpt2Rule(), new ThreeDigits());
      case STARCODER -> steps(digits(1), new Gpt2Rule());
      case GPT2 -> steps(new Gpt2Rule());
      case QWEN2 -> steps(words(LETTER, 1, Tail.LINES));
      case QWEN35 -> steps(words(WORD, 1, Tail.LINES));
      case BLOOM -> steps(new BloomWord());
      case VIKING -> steps(new BloomWord(), digits(1));
      case TEKKEN -> steps(new CaseRule(LETTER, true, false, 1));
      case CHAMELEON ->
          steps(
              new Sentinel(),
              new ImageToken(),
              new Indentation(),
              digits(1),
              new MixedRun(PUNCTUATION, CodePointSet.of("$+<=>^`|~"), true),
              new Gpt2Rule());
      case GPT4O -> steps(new CaseRule(LETTER, true, true, 3));
      case GRANITE_EMBEDDING -> steps(new CaseRule(WORD, true, true, 3));
      case TINY_AYA -> List.of(new DigitGroups(), isolate(new CaseRule(WORD, false, true, 3)));
      case KIMI_K2 -> steps(new KimiRule());
      case SUPERBPE -> List.of(isolate(digits(ANY)), new DigitBoundaries());
      case SEED_CODER -> steps(words(LETTER, 1, Tail.NOTHING));
      case UFAKZEKA -> steps(new WordRule(LETTER, false, false, 1, Tail.LINES));
      case AFMOE ->
          List.of(
              new DigitGroups(),
              isolate(new SetRun(false, Scripts.AFMOE_UNSPACED)),
              isolate(new PunctuationRule(false)));
      case LAGUNA -> List.of(new Lines(), isolate(words(LETTER, 1, Tail.LINES)));
      case EXAONE_MOE -> steps(new WordRule(LETTER, true, true, 1, Tail.ONE_LINE_OR_SLASH));
      case LINES -> List.of(new Lines());
      case MINICPM5 -> steps(digits(3), words(LETTER, ANY, Tail.LINES));
      case WHITESPACE -> steps(new NonSpace());
    };
  }

  private static List<SplitRule> steps(SplitRule.Matcher... matchers) {
    SplitRule[] rules = new SplitRule[matchers.length];
    for (int i = 0; i < rules.length; i++) {
      rules[i] = isolate(matchers[i]);
    }
    return List.of(rules);
  }

  private static SplitRule isolate(SplitRule.Matcher matcher) {
    return new SplitRule.Isolate(matcher);
  }

  private static WordRule words(int classes, int maxDigits, Tail tail) {
    return new WordRule(classes, true, false, maxDigits, tail);
  }

  private static ClassRun digits(int max) {
    return new ClassRun(NUMBER, max);
  }

  private static MixedRun mixed(int classes, String others) {
    return new MixedRun(classes, CodePointSet.of(others), false);
  }
}
