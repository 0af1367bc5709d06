package dev.gatun.quantize.convert;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gatun.graph.Metadata;
import dev.gatun.models.tokenizer.Tokenizer;
import dev.gatun.models.tokenizer.Tokenizers;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Compares the tokenizer that a GGUF file will have with the rules of the tokenizer.json that it
 * was made from, on a text that tells the known pre-tokenizers apart.
 */
final class TokenizerCheck {
  /**
   * White space in every mixture, numbers of every length, contractions in both cases, capitals
   * inside words, punctuation, scripts with and without spaces, marks, emoji. In NFC.
   */
  // White space at the ends of lines counts here.
  @SuppressWarnings("StringConcatToTextBlock")
  static final String PROBE =
      String.join(
          "\n",
          "\n \n\n\t \t\n   Hello,  World!  It's I'M we'LL they'd 'tis don't  \r\n\r\n x",
          "1 12 123 1234 12345 123456 3.14159 1,000,000 2nd a1b22c333 \u0664\u0665 \u00bd \u2167",
          "camelCase HTTPServer snake_case kebab-case C++ a==b; foo(bar[0])\u2026 https://x.org/a?b=c&d=%20 ///",
          "!!!??? ...--- \u00ab\u00e9t\u00e9\u00bb na\u00efve Stra\u00dfe \u010ce\u0161tina \u0396\u03b5\u03cd\u03c2 \u041f\u0440\u0438\u0432\u0435\u0442 \u0938\u094d\u0935\u093e\u0917\u0924\u092e\u094d \u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35 \u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627",
          "\u6211\u60f3\u57281314\u5929\uff01\u3053\u3093\u306b\u3061\u306f \uc548\ub155\ud558\uc138\uc694 \ud83d\ude00\ud83d\ude80 \ud83d\udc69\u200d\ud83d\udcbb \u2705 $\u20ac\u00a3 a\u00a0b\u2003c \u3000d\n\n\n    return 0;\n\t\t}\n ");

  private TokenizerCheck() {}

  /**
   * What was found.
   *
   * @param tokens tokens of the probe text that were compared; 0 when the rules are not evaluated
   * @param difference where they differ
   */
  record Result(int tokens, Optional<String> difference) {}

  /** Compares the tokens of the probe text. */
  static Result compare(TokenizerFile file, Metadata metadata) {
    Tokenizer tokenizer = Tokenizers.from(metadata);
    Optional<TokenizerRules> rules = TokenizerRules.of(file);
    Optional<String> special = special(file, tokenizer);
    if (special.isPresent() || rules.isEmpty()) {
      return new Result(0, special);
    }
    int[] wanted = rules.get().encode(PROBE);
    int[] ours = tokenizer.encode(PROBE, false, false);
    // Symbols that the vocabulary lacks are left out by one and marked by the other.
    wanted = Arrays.stream(wanted).filter(id -> id >= 0).toArray();
    int at = Arrays.mismatch(wanted, ours);
    return at < 0
        ? new Result(ours.length, Optional.empty())
        : new Result(ours.length, Optional.of(describe(tokenizer, wanted, ours, at)));
  }

  private static String describe(Tokenizer tokenizer, int[] wanted, int[] ours, int at) {
    int from = Math.max(0, at - 3);
    String before = tokenizer.decode(Arrays.copyOfRange(wanted, from, at));
    return "after '%s' tokenizer.json gives %s, the converted tokenizer %s"
        .formatted(
            before.replace("\n", "\\n"),
            Arrays.toString(Arrays.copyOfRange(wanted, at, Math.min(wanted.length, at + 4))),
            Arrays.toString(Arrays.copyOfRange(ours, at, Math.min(ours.length, at + 4))));
  }

  /** Every added token must come out as itself. */
  private static Optional<String> special(TokenizerFile file, Tokenizer tokenizer) {
    Map<Integer, JsonNode> added = new LinkedHashMap<>(file.added());
    for (Map.Entry<Integer, JsonNode> entry : added.entrySet()) {
      String text = entry.getValue().path("content").asText();
      int[] ids = tokenizer.encode(text, false, true);
      if (Arrays.stream(ids).noneMatch(id -> id == entry.getKey())) {
        return Optional.of(
            "the added token '%s' has the id %d; the converted tokenizer gives %s"
                .formatted(text, entry.getKey(), Arrays.toString(ids)));
      }
    }
    return Optional.empty();
  }
}
