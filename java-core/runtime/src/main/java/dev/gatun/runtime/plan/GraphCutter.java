package dev.gatun.runtime.plan;

import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Attention;
import dev.gatun.graph.pass.Extraction;
import dev.gatun.runtime.spi.GraphSlice;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Cuts a graph into slices that run one after the other: consecutive parts of one topological
 * order, so that no two slices wait for each other.
 */
final class GraphCutter {
  private GraphCutter() {}

  /**
   * The slices; nodes of a slice are in the graph's own order.
   *
   * @param parts nodes of each slice; together all nodes in a topological order
   */
  static List<GraphSlice> cut(Graph graph, List<List<Node>> parts) {
    for (Value output : graph.outputs()) {
      if (graph.producer(output).isEmpty()) {
        throw new IllegalArgumentException(
            "output '" + output.name() + "' of " + graph.name() + " is computed by no node");
      }
    }
    List<GraphSlice> slices = new ArrayList<>();
    for (List<Node> part : parts) {
      BitSet ids = new BitSet();
      part.forEach(node -> ids.set(node.id()));
      Graph slice = Extraction.of(graph, ids, graph.name() + "[" + slices.size() + "]");
      slices.add(
          new GraphSlice(slice, part.stream().sorted(Comparator.comparingInt(Node::id)).toList()));
    }
    return slices;
  }

  /** The state that a node uses. */
  static Optional<String> stateOf(Node node) {
    return node.op() instanceof Attention attention ? attention.state() : Optional.empty();
  }
}
