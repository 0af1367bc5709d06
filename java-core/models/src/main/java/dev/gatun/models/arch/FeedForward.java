package dev.gatun.models.arch;

import dev.gatun.graph.Value;

/** The second half of a layer: a function of each row alone. */
interface FeedForward {
  /**
   * Computes each row.
   *
   * @param x F32 [rows, width], normalized as the layer wants it
   * @return F32 [rows, width]
   */
  Value apply(Value x);
}
