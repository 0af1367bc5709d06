package dev.gatun.runtime.spi;

import dev.gatun.graph.Cost;
import dev.gatun.graph.Node;
import java.util.BitSet;
import java.util.List;

/**
 * A device's answer to a graph.
 *
 * @param accepted sets of nodes that it would run, each as one slice; disjoint
 * @param refusals every node in no set, with the reason
 */
public record Assessment(List<NodeSet> accepted, List<Refusal> refusals) {
  /**
   * Nodes that are taken together.
   *
   * @param nodes node ids; do not modify
   * @param cost work of one run at the first profile's typical sizes
   */
  public record NodeSet(BitSet nodes, Cost cost) {}

  /** Why a node is not taken, and what would help (may be empty). */
  public record Refusal(Node node, String reason, String remedy) {}

  public Assessment {
    accepted = List.copyOf(accepted);
    refusals = List.copyOf(refusals);
  }

  /** Whether one set takes every node. */
  public boolean takesAll() {
    return refusals.isEmpty() && accepted.size() == 1;
  }
}
