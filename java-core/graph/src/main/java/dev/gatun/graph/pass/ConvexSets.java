package dev.gatun.graph.pass;

import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Predicate;

/** Groups the nodes that a device accepts into sets that can each run as one slice. */
public final class ConvexSets {
  private ConvexSets() {}

  /**
   * The accepted nodes as few disjoint convex sets, in an order in which they can run. A node's set
   * is the number of times that the longest path to it leaves the accepted nodes; two nodes of one
   * set are therefore never joined by a path through a refused one.
   */
  public static List<BitSet> of(Graph graph, Predicate<Node> accepted) {
    int[] depth = new int[graph.valueCount()];
    List<BitSet> sets = new ArrayList<>();
    for (Node node : graph.nodes()) {
      int own = 0;
      for (Value input : node.inputs()) {
        if (!input.isAbsent()) {
          own = Math.max(own, depth[input.id()]);
        }
      }
      boolean taken = accepted.test(node);
      if (taken) {
        while (sets.size() <= own) {
          sets.add(new BitSet());
        }
        sets.get(own).set(node.id());
      }
      for (Value output : node.outputs()) {
        depth[output.id()] = taken ? own : own + 1;
      }
    }
    sets.removeIf(BitSet::isEmpty);
    return sets;
  }
}
