package dev.gatun.runtime.spi;

import dev.gatun.graph.Cost;
import dev.gatun.graph.CostSummary;
import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.graph.pass.ConvexSets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

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

  /**
   * The assessment of a device that judges node by node: what it does not refuse, in as few sets as
   * can run as slices.
   *
   * @param refuse the refusal of a node, or empty to take it
   */
  public static Assessment byNode(
      Graph graph, List<ShapeProfile> profiles, Function<Node, Optional<Refusal>> refuse) {
    List<Refusal> refusals = new ArrayList<>();
    BitSet taken = new BitSet();
    for (Node node : graph.nodes()) {
      Optional<Refusal> refusal = refuse.apply(node);
      refusal.ifPresentOrElse(refusals::add, () -> taken.set(node.id()));
    }
    Map<String, Long> sizes =
        profiles.isEmpty() ? Map.of() : profiles.getFirst().typicalSizes(graph);
    CostSummary costs = CostSummary.of(graph, sizes, 0);
    List<NodeSet> sets = new ArrayList<>();
    for (BitSet set : ConvexSets.of(graph, node -> taken.get(node.id()))) {
      Cost cost =
          set.stream().mapToObj(id -> costs.nodes().get(id).cost()).reduce(Cost.NONE, Cost::plus);
      sets.add(new NodeSet(set, cost));
    }
    return new Assessment(sets, refusals);
  }

  /** Whether one set takes every node. */
  public boolean takesAll() {
    return refusals.isEmpty() && accepted.size() == 1;
  }
}
