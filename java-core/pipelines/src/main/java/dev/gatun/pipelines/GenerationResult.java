package dev.gatun.pipelines;

import java.util.List;

/**
 * What was generated, and how long it took.
 *
 * @param text the answer, without the stop text that ended it
 * @param tokens the generated tokens, without the one that ended it
 * @param promptTokens tokens of the prompt
 * @param cachedTokens how many of them were in the context already
 * @param finish why it ended
 * @param timings how long each part took
 */
public record GenerationResult(
    String text,
    List<Integer> tokens,
    List<Integer> promptTokens,
    int cachedTokens,
    Finish finish,
    Timings timings) {
  /** Why generation ended. */
  public enum Finish {
    /** The model ended its answer. */
    END_OF_GENERATION,
    /** A stop text appeared. */
    STOP,
    /** As many tokens as were asked for. */
    LENGTH,
    /** The context is full. */
    CONTEXT,
    /** The caller ended it. */
    CANCELLED
  }

  /**
   * Durations in nanoseconds.
   *
   * @param prefill from the first submission to the logits of the first token
   * @param firstToken the same, and choosing the token
   * @param decode all later tokens together
   */
  public record Timings(long prefill, long firstToken, long decode) {}

  public GenerationResult {
    tokens = List.copyOf(tokens);
    promptTokens = List.copyOf(promptTokens);
  }

  /** Tokens of the prompt that were computed, a second. */
  public double prefillRate() {
    return rate(promptTokens.size() - cachedTokens, timings.prefill());
  }

  /** Generated tokens after the first, a second; 0 when there are none. */
  public double decodeRate() {
    return rate(tokens.size() - 1, timings.decode());
  }

  private static double rate(int count, long nanoseconds) {
    return count <= 0 || nanoseconds <= 0 ? 0 : count * 1e9 / nanoseconds;
  }
}
