package dev.gatun.graph.pass;

import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Drops nodes, constants and states that no output needs. Inputs stay, since callers name them. A
 * state that only dropped nodes wrote goes with them.
 */
public final class DeadCodeElimination {
  private DeadCodeElimination() {}

  /** The graph without its dead parts, or the same object when it has none. */
  public static Graph apply(Graph graph) {
    BitSet needed = new BitSet();
    graph.outputs().forEach(value -> needed.set(value.id()));
    List<Node> live = new ArrayList<>();
    for (Node node : graph.nodes().reversed()) {
      if (node.outputs().stream().anyMatch(value -> needed.get(value.id()))) {
        live.addFirst(node);
        node.inputs().stream()
            .filter(value -> !value.isAbsent())
            .forEach(value -> needed.set(value.id()));
      }
    }
    boolean nothingDead =
        live.size() == graph.nodes().size()
            && graph.constants().stream().allMatch(each -> needed.get(each.value().id()));
    if (nothingDead) {
      return graph;
    }
    GraphCopy copy = new GraphCopy(graph.name());
    for (Value input : graph.inputs()) {
      copy.input(input);
    }
    graph.constants().stream()
        .filter(each -> needed.get(each.value().id()))
        .forEach(copy::constant);
    copy.states(graph, live);
    live.forEach(copy::node);
    graph.outputs().forEach(copy::output);
    return copy.build().withOrigin(graph.origin());
  }
}
