package dev.gatun.quantize.convert;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The pre-tokenizers of tokenizer.json files and the names that GGUF has for them. A definition is
 * known or it is not: nothing is guessed. The expressions are those of the models' published files.
 */
final class PreTokenizers {
  private static final String CONTRACTIONS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
  private static final String SPACE = "\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
  private static final String UPPER = "[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]";
  private static final String LOWER = "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]";
  private static final String LEAD = "[^\\r\\n\\p{L}\\p{N}]?";

  static final String LLAMA3 = words("\\p{L}+", "\\p{N}{1,3}");
  static final String QWEN2 = words("\\p{L}+", "\\p{N}");
  static final String QWEN35 =
      CONTRACTIONS
          + "|[^\\r\\n\\p{L}\\p{N}]?[\\p{L}\\p{M}]+|\\p{N}| ?[^\\s\\p{L}\\p{M}\\p{N}]+[\\r\\n]*|"
          + SPACE;
  static final String GPT4O = cased(CONTRACTIONS + "?", "\\p{N}{1,3}");
  static final String TEKKEN = cased("", "\\p{N}");

  /** Step that turns bytes into characters, and splits like GPT-2. */
  static final String BYTES_AND_WORDS = "bytes+words";

  /** Step that turns bytes into characters. */
  static final String BYTES = "bytes";

  static final String DIGITS = "digits";

  /**
   * A definition with a name.
   *
   * @param steps as {@link #steps} describes them
   * @param wholePieces whether pieces that are tokens are taken without merging ({@code
   *     ignore_merges})
   */
  record Known(List<String> steps, boolean wholePieces, String name) {}

  private static final List<Known> KNOWN =
      List.of(
          new Known(List.of(BYTES_AND_WORDS), false, "gpt-2"),
          new Known(List.of(DIGITS, BYTES_AND_WORDS), false, "smollm"),
          new Known(List.of("split " + LLAMA3, BYTES), true, "llama-bpe"),
          new Known(List.of("split " + LLAMA3, BYTES), false, "dbrx"),
          new Known(List.of("split " + QWEN2, BYTES), false, "qwen2"),
          new Known(List.of("split " + QWEN35, BYTES), false, "qwen35"),
          new Known(List.of("split " + GPT4O, BYTES), false, "gpt-4o"),
          new Known(List.of("split " + TEKKEN, BYTES), true, "tekken"));

  private PreTokenizers() {}

  private static String words(String word, String number) {
    return CONTRACTIONS
        + "|"
        + LEAD
        + word
        + "|"
        + number
        + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|"
        + SPACE;
  }

  private static String cased(String contraction, String number) {
    return LEAD
        + UPPER
        + "*"
        + LOWER
        + "+"
        + contraction
        + "|"
        + LEAD
        + UPPER
        + "+"
        + LOWER
        + "*"
        + contraction
        + "|"
        + number
        + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|"
        + SPACE;
  }

  /** The definition in a tokenizer.json as a list of steps, each in a form of its own. */
  static List<String> steps(JsonNode tokenizer) {
    List<String> steps = new ArrayList<>();
    collect(tokenizer.path("pre_tokenizer"), steps);
    return steps;
  }

  private static void collect(JsonNode node, List<String> steps) {
    switch (node.path("type").asText()) {
      case "Sequence" -> node.path("pretokenizers").forEach(step -> collect(step, steps));
      case "ByteLevel" -> {
        boolean prefix = node.path("add_prefix_space").asBoolean(true);
        String step = node.path("use_regex").asBoolean(true) ? BYTES_AND_WORDS : BYTES;
        steps.add(prefix ? step + "+prefix" : step);
      }
      case "Digits" -> steps.add(node.path("individual_digits").asBoolean() ? DIGITS : "numbers");
      case "Split" -> {
        String regex = node.at("/pattern/Regex").asText();
        boolean isolated =
            node.path("behavior").asText().equals("Isolated")
                && !node.path("invert").asBoolean()
                && !regex.isEmpty();
        steps.add(isolated ? "split " + regex : node.toString());
      }
      default -> steps.add(node.isMissingNode() || node.isNull() ? "none" : node.toString());
    }
  }

  /** The name of a definition, where it is known. */
  static Optional<String> name(JsonNode tokenizer) {
    List<String> steps = steps(tokenizer);
    boolean whole = tokenizer.at("/model/ignore_merges").asBoolean();
    return KNOWN.stream()
        .filter(known -> known.steps().equals(steps) && known.wholePieces() == whole)
        .map(Known::name)
        .findFirst();
  }

  /** The definition that a name stands for, to write it; the first of those with the same rules. */
  static Optional<Known> named(String name) {
    String same =
        switch (name) {
          case "starcoder", "refact", "command-r", "codeshell", "exaone", "mellum2" -> "smollm";
          case "llama3", "llama-v3", "falcon3", "pixtral", "lfm2" -> "llama-bpe";
          case "smaug-bpe" -> "dbrx";
          case "phi-2", "mpt", "olmo", "jais", "modern-bert" -> "gpt-2";
          case "deepseek-r1-qwen", "megrez", "stablelm2", "hunyuan", "kormo" -> "qwen2";
          case "llama4" -> "gpt-4o";
          default -> name;
        };
    return KNOWN.stream().filter(known -> known.name().equals(same)).findFirst();
  }

  /** All names that are detected. */
  static List<String> names() {
    return KNOWN.stream().map(Known::name).toList();
  }
}
