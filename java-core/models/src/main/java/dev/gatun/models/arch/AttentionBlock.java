package dev.gatun.models.arch;

import dev.gatun.graph.Value;

/** How a layer attends, up to but without its output matrix. */
interface AttentionBlock {
  /**
   * Attends over the batch and what the state holds.
   *
   * @param x F32 [tokens, width], normalized as the layer wants it
   * @return what the heads give, joined, F32 [tokens, heads * value dim]
   */
  Value apply(Value x);
}
