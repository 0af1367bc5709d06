package dev.gatun.qnnbackend.lower;

import dev.gatun.qnn.QnnOp;
import dev.gatun.qnn.QnnTensor;
import java.util.List;
import java.util.stream.Stream;

/**
 * A graph as operators of QNN's, in order.
 *
 * @param nodes for each operator the name of the node that it belongs to
 * @param feeds its inputs
 * @param sinks its outputs
 */
public record LoweredGraph(
    List<QnnOp> ops, List<String> nodes, List<Feed> feeds, List<Sink> sinks) {
  public LoweredGraph {
    ops = List.copyOf(ops);
    nodes = List.copyOf(nodes);
    feeds = List.copyOf(feeds);
    sinks = List.copyOf(sinks);
  }

  /** Inputs and outputs, in this order. */
  public List<QnnTensor> ends() {
    return Stream.concat(feeds.stream().map(Feed::tensor), sinks.stream().map(Sink::tensor))
        .toList();
  }
}
