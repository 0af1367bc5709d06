package dev.gatun.quantize.optimize;

import java.util.Arrays;
import java.util.Optional;

/** What is measured of an artifact. */
public enum Metric {
  /**
   * How much of the original's behaviour is left, at most 1. Language models: share of the text's
   * tokens for which the first choice is that of the original; other networks: mean cosine of their
   * outputs.
   */
  ACCURACY("accuracy", true),
  /**
   * Mean KL divergence from the original's predictions, in nats; of other networks one minus the
   * least cosine.
   */
  DIVERGENCE("kld", false),
  /** Share of labelled examples that it answers right, where there is a file of them. */
  TASK("task", true),
  /** Bytes of the file. */
  SIZE("size", false),
  /** Median seconds of one more token, or of one run, on the fastest device that was measured. */
  LATENCY("latency", false);

  private final String title;
  private final boolean more;

  Metric(String title, boolean more) {
    this.title = title;
    this.more = more;
  }

  /** The name in goals. */
  public String title() {
    return title;
  }

  /** Whether it says how good the answers are, which precision improves. */
  boolean isQuality() {
    return this == ACCURACY || this == DIVERGENCE || this == TASK;
  }

  /** Whether more is better. */
  public boolean more() {
    return more;
  }

  /** The metric of a name. */
  static Optional<Metric> of(String name) {
    return Arrays.stream(values()).filter(metric -> metric.title.equals(name)).findFirst();
  }

  /** Whether one value is better than another. */
  boolean better(double one, double other) {
    return more ? one > other : one < other;
  }
}
