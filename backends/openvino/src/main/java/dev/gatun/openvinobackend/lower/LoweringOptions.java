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
 * @param minima how products read weights whose format has minima
 */
public record LoweringOptions(
    StateMode states, Set<String> observe, Map<String, Long> sizes, Part part, Minima minima) {
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

  /** What becomes of a group's minimum beside its nearest whole zero point, in products. */
  public enum Minima {
    /** A product of its own, with sums of activations: exact. */
    APART,
    /** Rounded to 8 bits, further columns of the weights: for activations of 8 bits. */
    JOINED,
    /** Nothing: the zero point alone. */
    WHOLE
  }

  public LoweringOptions {
    observe = Set.copyOf(observe);
    sizes = Map.copyOf(sizes);
  }
}
