package dev.gatun.quantize.convert;

import dev.gatun.formats.gguf.GgufType;
import dev.gatun.formats.gguf.GgufWriter;
import java.util.Arrays;
import java.util.List;

/** A vocabulary in the making: text, kind and score of each id. */
final class TokenList {
  private final String[] texts;
  private final int[] kinds;
  private final double[] scores;
  private final boolean scored;

  /** A vocabulary of unused tokens. */
  TokenList(int size, boolean scored) {
    texts = new String[size];
    kinds = new int[size];
    scores = new double[size];
    this.scored = scored;
    for (int id = 0; id < size; id++) {
      texts[id] = "[PAD" + id + "]";
    }
    Arrays.fill(kinds, TokenKinds.UNUSED);
    Arrays.fill(scores, -10000);
  }

  int size() {
    return texts.length;
  }

  void set(int id, String text, int kind, double score) {
    texts[id] = text;
    kinds[id] = kind;
    scores[id] = score;
  }

  String text(int id) {
    return texts[id];
  }

  int kind(int id) {
    return kinds[id];
  }

  List<String> texts() {
    return Arrays.asList(texts);
  }

  /** Writes the keys {@code tokens}, {@code scores} and {@code token_type}. */
  void write(GgufWriter out) {
    out.strings("tokenizer.ggml.tokens", texts());
    if (scored) {
      out.floats("tokenizer.ggml.scores", GgufType.F32, scores);
    }
    out.integers(
        "tokenizer.ggml.token_type", GgufType.I32, Arrays.stream(kinds).asLongStream().toArray());
  }
}
