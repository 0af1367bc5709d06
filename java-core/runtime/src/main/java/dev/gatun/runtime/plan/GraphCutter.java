package dev.gatun.runtime.plan;

import dev.gatun.graph.Dim;
import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphBuilder;
import dev.gatun.graph.Node;
import dev.gatun.graph.State;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Attention;
import dev.gatun.runtime.spi.GraphSlice;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Cuts a graph into slices that run one after the other: consecutive parts of one topological
 * order, so that no two slices wait for each other.
 */
final class GraphCutter {
  private final Graph graph;
  private final Map<Integer, Integer> sliceOfValue = new HashMap<>();
  private final Map<Integer, Set<Integer>> usersOfValue = new HashMap<>();

  private GraphCutter(Graph graph) {
    this.graph = graph;
  }

  /**
   * The slices.
   *
   * @param parts nodes of each slice; together all nodes in a topological order
   */
  static List<GraphSlice> cut(Graph graph, List<List<Node>> parts) {
    return new GraphCutter(graph).run(parts);
  }

  private List<GraphSlice> run(List<List<Node>> parts) {
    for (int i = 0; i < parts.size(); i++) {
      for (Node node : parts.get(i)) {
        for (Value output : node.outputs()) {
          sliceOfValue.put(output.id(), i);
        }
        for (Value input : node.inputs()) {
          usersOfValue.computeIfAbsent(input.id(), _ -> new LinkedHashSet<>()).add(i);
        }
      }
    }
    for (Value output : graph.outputs()) {
      if (!sliceOfValue.containsKey(output.id())) {
        throw new IllegalStateException(
            "output '" + output.name() + "' of " + graph.name() + " is computed by no node");
      }
    }
    List<GraphSlice> slices = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      slices.add(new GraphSlice(slice(i, parts.get(i)), parts.get(i)));
    }
    return slices;
  }

  private Graph slice(int index, List<Node> nodes) {
    GraphBuilder builder = new GraphBuilder(graph.name() + "[" + index + "]");
    Map<Integer, Value> made = new HashMap<>();
    Set<String> states = new LinkedHashSet<>();
    for (Node node : nodes) {
      for (Value input : node.inputs()) {
        if (!input.isAbsent()
            && sliceOfValue.getOrDefault(input.id(), -1) != index
            && !made.containsKey(input.id())) {
          made.put(input.id(), enter(builder, input));
        }
      }
      stateOf(node).ifPresent(states::add);
    }
    for (State state : graph.states()) {
      if (states.contains(state.name())) {
        builder.state(state.name(), state.spec());
      }
    }
    for (Node node : nodes) {
      List<Value> inputs = new ArrayList<>();
      for (Value input : node.inputs()) {
        inputs.add(input.isAbsent() ? Value.ABSENT : made.get(input.id()));
      }
      List<Value> outputs = builder.nodes(node.name(), node.op(), inputs);
      for (int i = 0; i < outputs.size(); i++) {
        requireSame(node.outputs().get(i), outputs.get(i));
        made.put(node.outputs().get(i).id(), outputs.get(i));
      }
    }
    for (Node node : nodes) {
      for (Value output : node.outputs()) {
        boolean needed =
            graph.outputs().contains(output)
                || usersOfValue.getOrDefault(output.id(), Set.of()).stream()
                    .anyMatch(user -> user != index);
        if (needed) {
          builder.output(made.get(output.id()));
        }
      }
    }
    return builder.build();
  }

  private Value enter(GraphBuilder builder, Value value) {
    Value entered =
        graph
            .constant(value)
            .map(constant -> builder.constant(value.name(), constant.data()))
            .orElseGet(() ->
                builder.input(
                    value.name(), value.type().dtype(), value.type().dims().toArray(Dim[]::new)));
    requireSame(value, entered);
    return entered;
  }

  /** Sessions find boundary values by name, so names must survive. */
  private static void requireSame(Value original, Value copy) {
    if (!original.name().equals(copy.name()) || !original.type().equals(copy.type())) {
      throw new IllegalStateException("slicing turned " + original + " into " + copy);
    }
  }

  /** The state that a node uses. */
  static Optional<String> stateOf(Node node) {
    return node.op() instanceof Attention attention ? attention.state() : Optional.empty();
  }
}
