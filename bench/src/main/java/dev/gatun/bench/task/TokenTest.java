package dev.gatun.bench.task;

import com.fasterxml.jackson.annotation.JsonIgnore;

/**
 * One test of {@link Throughput}.
 *
 * @param kind prefill or decode
 * @param tokens how many
 * @param depth tokens in the context before
 * @param sequences sequences that decode at once, each so many tokens; 1 for prefill
 */
public record TokenTest(Kind kind, int tokens, int depth, int sequences) implements BenchTest {
  /** What is measured. */
  public enum Kind {
    PREFILL,
    DECODE
  }

  /**
   * llama-bench's name, {@code pp512}, {@code tg128 @ d4096}; of many sequences {@code tg32 x8}.
   */
  @Override
  public String label() {
    return (kind == Kind.PREFILL ? "pp" : "tg")
        + tokens
        + (sequences == 1 ? "" : " x" + sequences)
        + (depth == 0 ? "" : " @ d" + depth);
  }

  @Override
  @JsonIgnore
  public Scenario scenario() {
    return Scenario.TOKENS;
  }

  @Override
  public String unit() {
    return "tokens";
  }

  @Override
  public int items() {
    return tokens * sequences;
  }
}
