package dev.gatun.quantize.optimize;

import java.util.Arrays;
import java.util.Optional;

/** What is measured of an artifact. */
public enum Metric {
  /** Share of the text's tokens for which the model's first choice is that of the original. */
  ACCURACY("accuracy", true),
  /** Mean KL divergence from the original's predictions, in nats. */
  DIVERGENCE("kld", false),
  /** Bytes of the file. */
  SIZE("size", false),
  /** Median seconds of one more token on the device that the planner chooses. */
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
