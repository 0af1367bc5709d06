package dev.gatun.models.eval;

import java.util.Arrays;
import java.util.OptionalInt;

/**
 * Perplexity of a text under a decoder, as llama.cpp's {@code llama-perplexity} computes it:
 * windows that do not overlap, each read from nothing; the tokens of its second half are scored;
 * the result is the exponential of the mean negative log-likelihood. What is left after the last
 * whole window is not read.
 *
 * <p>Numbers mean something only beside others over the same windows of the same text.
 *
 * @param windows windows read
 * @param tokens tokens scored
 * @param negativeLogLikelihood mean over the scored tokens, in nats
 * @param standardError of that mean
 */
public record Perplexity(
    int windows, long tokens, double negativeLogLikelihood, double standardError) {
  /** The window that published figures use. */
  public static final int WINDOW = 512;

  /** {@code exp(negativeLogLikelihood)}. */
  public double value() {
    return Math.exp(negativeLogLikelihood);
  }

  /** Uncertainty of {@link #value}: one standard error. */
  public double uncertainty() {
    return value() * standardError;
  }

  /**
   * Reads a text.
   *
   * @param pass a decoder; its rows are logits
   * @param tokens the tokenized text, beginning as the model wants texts to begin
   * @param window tokens of a window, at least 4
   * @param maxWindows most windows to read
   * @param first token that begins every text of this model: it replaces the first of each window
   * @param batch most tokens of one batch
   * @throws IllegalArgumentException when the text does not fill a window
   */
  public static Perplexity of(
      ForwardPass pass, int[] tokens, int window, int maxWindows, OptionalInt first, int batch) {
    int windows = Math.min(maxWindows, tokens.length / Math.max(1, window));
    if (window < 4 || windows < 1) {
      throw new IllegalArgumentException(
          "%d tokens make no window of %d".formatted(tokens.length, window));
    }
    TokenFeed feed = new TokenFeed(pass, batch);
    Tally tally = new Tally();
    for (int w = 0; w < windows; w++) {
      int start = w * window;
      // Nothing in the window follows its last token.
      int[] text = Arrays.copyOfRange(tokens, start, start + window - 1);
      first.ifPresent(token -> text[0] = token);
      feed.run(
          text,
          window / 2,
          (position, logits) ->
              tally.add(Distribution.logSumExp(logits) - logits[tokens[start + position + 1]]));
    }
    return tally.result(windows);
  }

  static final class Tally {
    private double sum;
    private double squares;
    private long count;

    void add(double loss) {
      sum += loss;
      squares += loss * loss;
      count++;
    }

    Perplexity result(int windows) {
      double mean = sum / count;
      double variance = Math.max(0, squares / count - mean * mean);
      double error = count > 1 ? Math.sqrt(variance / (count - 1)) : 0;
      return new Perplexity(windows, count, mean, error);
    }
  }
}
