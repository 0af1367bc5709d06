package dev.gatun.graph.pass;

import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphException;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import java.util.Set;
import java.util.TreeSet;

/** Makes intermediate values outputs, for devices that show nothing else. */
public final class ObservedOutputs {
  private ObservedOutputs() {}

  /**
   * The graph with these values as further outputs, in the order in which they are computed; those
   * that are outputs already stay what they are.
   *
   * @throws GraphException naming what no node computes
   */
  public static Graph apply(Graph graph, Set<String> names) {
    Set<String> unknown = new TreeSet<>(names);
    GraphCopy copy = new GraphCopy(graph.name());
    graph.inputs().forEach(copy::input);
    graph.constants().forEach(copy::constant);
    copy.states(graph, graph.nodes());
    graph.nodes().forEach(copy::node);
    graph.outputs().forEach(copy::output);
    for (Node node : graph.nodes()) {
      for (Value value : node.outputs()) {
        if (unknown.remove(value.name()) && !graph.outputs().contains(value)) {
          copy.output(value);
        }
      }
    }
    if (!unknown.isEmpty()) {
      throw new GraphException(
          "no node of " + graph.name() + " computes " + unknown + ", which shall be observed");
    }
    return copy.build();
  }
}
