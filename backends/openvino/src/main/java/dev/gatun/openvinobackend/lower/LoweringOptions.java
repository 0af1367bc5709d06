package dev.gatun.openvinobackend.lower;

import java.util.Map;
import java.util.Set;

/**
 * How to lower a graph.
 *
 * @param states where the graph's states are kept
 * @param observe names of values that become outputs, after the graph's own
 * @param sizes fixed sizes of symbols; empty for a model of open sizes
 */
public record LoweringOptions(StateMode states, Set<String> observe, Map<String, Long> sizes) {
  public LoweringOptions {
    observe = Set.copyOf(observe);
    sizes = Map.copyOf(sizes);
  }
}
