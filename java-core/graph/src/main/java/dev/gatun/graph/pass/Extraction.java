package dev.gatun.graph.pass;

import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphException;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Cuts a set of nodes out of a graph, as a graph of its own. */
public final class Extraction {
  private Extraction() {}

  /**
   * The nodes as a graph: values that others compute and inputs become inputs, values that others
   * or the outputs need become outputs, all under their names; constants and states that the nodes
   * use come along.
   *
   * @param nodes node ids; the set must be convex: no path leaves it and comes back
   * @param name the new graph's name
   * @throws GraphException when the set is empty or not convex
   */
  public static Graph of(Graph graph, BitSet nodes, String name) {
    if (nodes.isEmpty()) {
      throw new GraphException("no nodes to extract from " + graph.name());
    }
    checkConvex(graph, nodes);
    List<Node> inside = graph.nodes().stream().filter(node -> nodes.get(node.id())).toList();
    BitSet made = new BitSet();
    inside.forEach(node -> node.outputs().forEach(value -> made.set(value.id())));
    Map<Integer, Value> read = new LinkedHashMap<>();
    for (Node node : inside) {
      for (Value value : node.inputs()) {
        if (!value.isAbsent() && !made.get(value.id())) {
          read.put(value.id(), value);
        }
      }
    }
    GraphCopy copy = new GraphCopy(name);
    for (Value value : read.values()) {
      if (graph.constant(value).isEmpty()) {
        copy.input(value);
      }
    }
    for (Value value : read.values()) {
      graph.constant(value).ifPresent(copy::constant);
    }
    copy.states(graph, inside);
    inside.forEach(copy::node);
    BitSet needed = neededOutside(graph, nodes);
    for (Node node : inside) {
      node.outputs().stream().filter(value -> needed.get(value.id())).forEach(copy::output);
    }
    return copy.build();
  }

  private static BitSet neededOutside(Graph graph, BitSet nodes) {
    BitSet needed = new BitSet();
    graph.outputs().forEach(value -> needed.set(value.id()));
    for (Node node : graph.nodes()) {
      if (!nodes.get(node.id())) {
        node.inputs().stream()
            .filter(value -> !value.isAbsent())
            .forEach(value -> needed.set(value.id()));
      }
    }
    return needed;
  }

  private static void checkConvex(Graph graph, BitSet nodes) {
    BitSet after = new BitSet();
    for (Node node : graph.nodes()) {
      boolean followsOutside =
          node.inputs().stream().anyMatch(value -> !value.isAbsent() && after.get(value.id()));
      if (nodes.get(node.id())) {
        if (followsOutside) {
          throw new GraphException(
              "the nodes are not convex: '%s' needs what was computed outside from them"
                  .formatted(node.name()));
        }
        continue;
      }
      boolean followsInside =
          node.inputs().stream()
              .flatMap(value -> graph.producer(value).stream())
              .anyMatch(producer -> nodes.get(producer.id()));
      if (followsOutside || followsInside) {
        node.outputs().forEach(value -> after.set(value.id()));
      }
    }
  }
}
