package dev.gatun.quantize.validate;

import dev.gatun.models.tokenizer.Tokenizer;
import dev.gatun.quantize.observe.ObservedDecoder;
import dev.gatun.quantize.validate.DecoderSide.Edge;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Texts at the edges: an empty one, one token, a full context; and decoding one by one. */
final class EdgeTexts {
  private static final int WARMING = 8;
  private static final int DECODED = 41;

  private final ObservedDecoder decoder;
  private final Tokenizer tokenizer;
  private final int[] tokens;

  EdgeTexts(ObservedDecoder decoder, Tokenizer tokenizer, int[] tokens) {
    this.decoder = decoder;
    this.tokenizer = tokenizer;
    this.tokens = tokens;
  }

  List<Edge> run(int longest) {
    List<Edge> edges = new ArrayList<>();
    edges.add(edge("empty text", tokenizer.encode("", true, false)));
    edges.add(edge("one token", new int[] {tokens[tokens.length / 2]}));
    edges.add(edge("longest context", repeated(longest)));
    return edges;
  }

  /** The text again and again. */
  private int[] repeated(int length) {
    return IntStream.range(0, length).map(i -> tokens[i % tokens.length]).toArray();
  }

  private Edge edge(String name, int[] text) {
    float[] logits = new float[0];
    decoder.forget(0);
    for (int start = 0; start < text.length; start += decoder.batch()) {
      int end = Math.min(text.length, start + decoder.batch());
      int[] rows = end == text.length ? new int[] {end - start - 1} : new int[0];
      float[][] outputs =
          decoder.run(
              Arrays.copyOfRange(text, start, end),
              IntStream.range(start, end).toArray(),
              new int[end - start],
              rows);
      logits = outputs.length > 0 ? outputs[0] : logits;
    }
    decoder.forget(0);
    boolean finite = true;
    int top = logits.length == 0 ? -1 : 0;
    for (int i = 0; i < logits.length; i++) {
      finite &= Float.isFinite(logits[i]);
      top = logits[i] > logits[top] ? i : top;
    }
    return new Edge(name, text.length, finite, top);
  }

  /** Tokens a second when each is a batch of its own: the median of those that do not warm up. */
  double decodeRate() {
    decoder.forget(0);
    int count = Math.min(WARMING + DECODED, Math.min(tokens.length, decoder.window()));
    long[] times = new long[count];
    for (int i = 0; i < count; i++) {
      long start = System.nanoTime();
      decoder.run(new int[] {tokens[i]}, new int[] {i}, new int[1], new int[1]);
      times[i] = System.nanoTime() - start;
    }
    decoder.forget(0);
    int first = Math.min(WARMING, count - 1);
    Arrays.sort(times, first, count);
    return 1e9 / times[first + (count - first) / 2];
  }
}
