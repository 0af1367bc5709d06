package dev.gatun.models.eval;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.OptionalInt;

/**
 * How far a model's predictions are from those of a reference on the same text, as {@code
 * llama-perplexity --kl-divergence} measures it. The reference's predictions come from {@link
 * #record}; windows and scored tokens are those of {@link Perplexity}.
 *
 * @param tokens tokens scored
 * @param perplexity of the model
 * @param reference perplexity of the reference
 * @param correlation of the logarithms of both; NaN for too few tokens
 * @param logRatio logarithm of the model's perplexity over the reference's
 * @param ratio the model's perplexity over the reference's
 * @param difference the model's perplexity minus the reference's
 * @param mean mean Kullback-Leibler divergence from the reference, in nats
 * @param divergences all of them
 * @param meanChange mean change of the true token's probability
 * @param rootMeanSquareChange of that probability
 * @param changes all of them
 * @param sameTop share of tokens whose most likely successor is the reference's
 */
public record Divergence(
    long tokens,
    Estimate perplexity,
    Estimate reference,
    double correlation,
    Estimate logRatio,
    Estimate ratio,
    Estimate difference,
    Estimate mean,
    SortedSamples divergences,
    Estimate meanChange,
    Estimate rootMeanSquareChange,
    SortedSamples changes,
    Estimate sameTop) {

  /** Takes the reference's predictions, one after the other. */
  public interface Recorder {
    /** Takes one of {@link CompactDistribution#bytes}; the buffer is reused afterwards. */
    void accept(ByteBuffer distribution) throws IOException;
  }

  /** Gives the reference's predictions in the order in which they were recorded. */
  public interface Recording {
    /** The next one. */
    ByteBuffer next() throws IOException;
  }

  /** Which text, and how it is cut. Immutable. */
  public static final class Text {
    private final int[] tokens;
    private final int window;
    private final OptionalInt first;
    private final int batch;

    /**
     * A text of a copy of these tokens.
     *
     * @param tokens whole windows of tokens, one after the other
     * @param window tokens of a window, at least 4
     * @param first token that replaces the first of each window
     * @param batch most tokens of one batch
     * @throws IllegalArgumentException when the tokens are not whole windows
     */
    public Text(int[] tokens, int window, OptionalInt first, int batch) {
      if (window < 4 || tokens.length < window || tokens.length % window != 0) {
        throw new IllegalArgumentException(
            "%d tokens are not whole windows of %d".formatted(tokens.length, window));
      }
      this.tokens = tokens.clone();
      this.window = window;
      this.first = first;
      this.batch = batch;
    }

    /** A copy of the tokens. */
    public int[] tokens() {
      return tokens.clone();
    }

    /** Tokens of a window. */
    public int window() {
      return window;
    }

    /** Whole windows. */
    public int windows() {
      return tokens.length / window;
    }

    /** Tokens that are scored in each window. */
    public int scored() {
      return window - 1 - window / 2;
    }
  }

  /**
   * Lets the reference read the text.
   *
   * @param pass a decoder; its rows are logits
   * @throws IOException when the recorder fails
   */
  public static Perplexity record(ForwardPass pass, Text text, Recorder recorder)
      throws IOException {
    Failing failing = new Failing();
    ByteBuffer[] buffer = {null};
    Perplexity.Tally tally = new Perplexity.Tally();
    each(
        pass,
        text,
        (token, logits) ->
            failing.run(() -> {
              if (buffer[0] == null) {
                buffer[0] =
                    ByteBuffer.allocate(CompactDistribution.bytes(logits.length))
                        .order(ByteOrder.LITTLE_ENDIAN);
              }
              buffer[0].clear();
              CompactDistribution.encode(logits, buffer[0]);
              tally.add(Distribution.logSumExp(logits) - logits[token]);
              recorder.accept(buffer[0].flip());
            }));
    failing.check();
    return tally.result(text.windows());
  }

  /**
   * Lets the model read the text and compares.
   *
   * @param pass a decoder of the same vocabulary; its rows are logits
   * @param recording what the reference said to the same text
   * @throws IOException when the recording fails
   */
  public static Divergence of(ForwardPass pass, Text text, Recording recording) throws IOException {
    Failing failing = new Failing();
    DivergenceTally tally = new DivergenceTally(text.windows() * text.scored());
    each(
        pass,
        text,
        (token, logits) -> failing.run(() -> tally.add(logits, recording.next(), token)));
    failing.check();
    return tally.result();
  }

  private interface Scorer {
    void score(int token, float[] logits);
  }

  private static void each(ForwardPass pass, Text text, Scorer scorer) {
    TokenFeed feed = new TokenFeed(pass, text.batch);
    for (int w = 0; w < text.windows(); w++) {
      int start = w * text.window();
      // Nothing in the window follows its last token.
      int[] read = Arrays.copyOfRange(text.tokens, start, start + text.window() - 1);
      text.first.ifPresent(token -> read[0] = token);
      feed.run(
          read,
          text.window() / 2,
          (position, logits) -> scorer.score(text.tokens[start + position + 1], logits));
    }
  }

  /** Carries the first failure out of a visitor that may not fail. */
  private static final class Failing {
    private IOException failure;

    private interface Work {
      void run() throws IOException;
    }

    void run(Work work) {
      if (failure == null) {
        try {
          work.run();
        } catch (IOException e) {
          failure = e;
        }
      }
    }

    void check() throws IOException {
      if (failure != null) {
        throw failure;
      }
    }
  }
}
