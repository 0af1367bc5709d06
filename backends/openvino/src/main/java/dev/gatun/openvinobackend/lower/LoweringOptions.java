package dev.gatun.openvinobackend.lower;

import java.util.Map;
import java.util.Set;

/**
 * How to lower a graph.
 *
 * @param states where the graph's states are kept
 * @param observe names of values that become outputs, after the graph's own
 * @param sizes fixed sizes of symbols; empty for a model of open sizes
 * @param part what of a sequence it computes
 */
public record LoweringOptions(
    StateMode states, Set<String> observe, Map<String, Long> sizes, Part part) {
  /** What a model with state is for. */
  public enum Part {
    /** Every submission. */
    ALL,
    /**
     * Blocks of tokens: attention is written as products, which is the faster way for many rows.
     */
    BLOCKS,
    /**
     * What follows blocks that another model computed: the state in a request begins with keys and
     * values that are inputs of its first run, and empty ones of the later runs.
     */
    CONTINUATION
  }

  public LoweringOptions {
    observe = Set.copyOf(observe);
    sizes = Map.copyOf(sizes);
  }
}
