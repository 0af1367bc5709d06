package dev.gatun.models.tokenizer;

import dev.gatun.graph.Metadata;
import dev.gatun.graph.Utf8Strings;
import java.util.Arrays;
import java.util.Optional;

/**
 * The metadata that tokenizers read, each checked against the vocabulary.
 *
 * <p>Neither here nor elsewhere on the way to the first token are lambdas, streams or string
 * templates used, except for messages: the first ones cost a starting JVM tens of milliseconds.
 */
record TokenizerMetadata(Metadata source) {
  boolean has(String key) {
    return source.keys().contains(key);
  }

  /** A string that must be there. */
  String string(String key) {
    Optional<String> value = source.string(key);
    if (value.isEmpty()) {
      throw missing(key);
    }
    return value.get();
  }

  String string(String key, String otherwise) {
    return source.string(key).orElse(otherwise);
  }

  boolean bool(String key, boolean otherwise) {
    return source.bool(key).orElse(otherwise);
  }

  /** Strings that must be there. */
  Utf8Strings strings(String key) {
    Optional<Utf8Strings> value = source.utf8Strings(key);
    if (value.isEmpty()) {
      throw missing(key);
    }
    return value.get();
  }

  /**
   * A token's id, or -1 where the file has none; GGUF writes "none" as the largest unsigned number.
   *
   * @throws TokenizerException for an id outside the vocabulary
   */
  int tokenId(String key, int tokens) {
    long id = source.integer(key).orElse(-1L);
    if (id == -1 || id == 0xFFFFFFFFL) {
      return TokenTable.NONE;
    }
    if (id < 0 || id >= tokens) {
      throw new TokenizerException(
          "%s is %d; the vocabulary has the ids 0 to %d".formatted(key, id, tokens - 1));
    }
    return (int) id;
  }

  /** Attribute bits of every token; all are normal where the file does not say. */
  byte[] attributes(int tokens) {
    String key = "tokenizer.ggml.token_type";
    byte[] attributes = new byte[tokens];
    long[] types = source.integers(key).orElse(null);
    if (types == null) {
      Arrays.fill(attributes, (byte) Vocabulary.NORMAL);
      return attributes;
    }
    checkLength(key, types.length, tokens);
    for (int id = 0; id < tokens; id++) {
      attributes[id] =
          switch ((int) types[id]) {
            case 1 -> Vocabulary.NORMAL;
            case 2 -> Vocabulary.UNKNOWN;
            case 3 -> Vocabulary.CONTROL;
            case 4 -> Vocabulary.USER_DEFINED;
            case 5 -> Vocabulary.UNUSED;
            case 6 -> Vocabulary.BYTE;
            default -> 0;
          };
    }
    return attributes;
  }

  /** The score of every token, or an empty array where the file has none. */
  float[] scores(int tokens) {
    String key = "tokenizer.ggml.scores";
    float[] scores = source.floats(key).orElse(null);
    if (scores == null) {
      return new float[0];
    }
    checkLength(key, scores.length, tokens);
    for (int id = 0; id < tokens; id++) {
      if (Float.isNaN(scores[id])) {
        throw new TokenizerException(key + ": the score of token " + id + " is not a number");
      }
    }
    return scores;
  }

  /** An array of bytes, or an empty one where the file has none. */
  byte[] bytes(String key) {
    long[] values = source.integers(key).orElse(new long[0]);
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  private static void checkLength(String key, int length, int tokens) {
    if (length < tokens) {
      throw new TokenizerException(
          "%s has %d entries for %d tokens".formatted(key, length, tokens));
    }
  }

  private static TokenizerException missing(String key) {
    return new TokenizerException(
        key + " is missing: the file has no tokenizer, or was not converted completely");
  }
}
