package dev.gatun.graph.pass;

import dev.gatun.graph.Graph;
import dev.gatun.graph.Value;
import java.util.List;

/** Keeps some outputs of a graph, and only what they need. Inputs stay. */
public final class OutputSelection {
  private OutputSelection() {}

  /**
   * The graph with these outputs, in this order.
   *
   * @throws dev.gatun.graph.GraphException when it has no such output
   */
  public static Graph apply(Graph graph, List<String> outputs) {
    GraphCopy copy = new GraphCopy(graph.name());
    graph.inputs().forEach(copy::input);
    graph.constants().forEach(copy::constant);
    copy.states(graph, graph.nodes());
    graph.nodes().forEach(copy::node);
    for (String output : outputs) {
      Value value = graph.output(output);
      copy.output(value);
    }
    return DeadCodeElimination.apply(copy.build()).withOrigin(graph.origin());
  }
}
