package dev.gatun.bench.task;

import java.util.Locale;

/**
 * How queries follow each other. All but {@link #TOKENS} have the meanings of MLPerf Inference
 * (Reddi et al.: MLPerf Inference Benchmark, ISCA 2020, section IV), but nothing else of its rules:
 * results are unofficial.
 */
public enum Scenario {
  /** Tests as llama-bench defines them: each query a prompt, or a run of generated tokens. */
  TOKENS,
  /**
   * One sample a query, each query when the one before is done: latency counts (90th percentile).
   */
  SINGLE_STREAM,
  /** Several samples a query, each query when the one before is done (99th percentile). */
  MULTI_STREAM,
  /** One sample a query, arriving by a Poisson process; waiting counts (99th percentile). */
  SERVER,
  /** All samples at once: only their number a second counts. */
  OFFLINE;

  /** Samples of a query of {@link #MULTI_STREAM}. */
  public static final int STREAMS = 8;

  /** Samples of a query of {@link #OFFLINE}. */
  public static final int MANY = 64;

  /** Samples of one query. */
  public int samples() {
    return switch (this) {
      case MULTI_STREAM -> STREAMS;
      case OFFLINE -> MANY;
      case TOKENS, SINGLE_STREAM, SERVER -> 1;
    };
  }

  /** {@code single-stream}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
