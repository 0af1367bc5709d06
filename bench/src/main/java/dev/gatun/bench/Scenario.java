package dev.gatun.bench;

/**
 * One test of {@link Throughput}.
 *
 * @param kind prefill or decode
 * @param tokens how many
 * @param depth tokens in the context before
 * @param sequences sequences that decode at once, each so many tokens; 1 for prefill
 */
public record Scenario(Kind kind, int tokens, int depth, int sequences) {
  /** What is measured. */
  public enum Kind {
    PREFILL,
    DECODE
  }

  /**
   * llama-bench's name, {@code pp512}, {@code tg128 @ d4096}; of many sequences {@code tg32 x8}.
   */
  public String label() {
    return (kind == Kind.PREFILL ? "pp" : "tg")
        + tokens
        + (sequences == 1 ? "" : " x" + sequences)
        + (depth == 0 ? "" : " @ d" + depth);
  }

  /** Runs it once. */
  public double run(Throughput throughput) {
    return kind == Kind.PREFILL
        ? throughput.prefill(depth, tokens)
        : throughput.decode(depth, tokens, sequences);
  }
}
