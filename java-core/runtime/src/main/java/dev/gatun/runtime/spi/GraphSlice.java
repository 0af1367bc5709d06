package dev.gatun.runtime.spi;

import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import java.util.List;

/**
 * A part of a graph for one device, as a graph of its own.
 *
 * @param graph the part: what comes from other slices is an input, what others need an output,
 *     under the names that the values have in the whole
 * @param origin the nodes of the whole graph that it stands for, in order
 */
public record GraphSlice(Graph graph, List<Node> origin) {
  public GraphSlice {
    origin = List.copyOf(origin);
  }

  /** The whole graph as one slice. */
  public static GraphSlice whole(Graph graph) {
    return new GraphSlice(graph, graph.nodes());
  }
}
