package dev.gatun.models.eval;

import java.util.List;

/**
 * Share of examples that were answered right.
 *
 * @param right of each example, in order
 */
public record Accuracy(List<Boolean> right) {
  public Accuracy {
    right = List.copyOf(right);
  }

  /** The share, with the standard error of a mean. */
  public Estimate value() {
    double hits = (double) right.stream().filter(hit -> hit).count();
    return Estimate.mean(hits, hits, right.size());
  }
}
