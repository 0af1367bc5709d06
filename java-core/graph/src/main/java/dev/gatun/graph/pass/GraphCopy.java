package dev.gatun.graph.pass;

import dev.gatun.graph.Constant;
import dev.gatun.graph.Dim;
import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphBuilder;
import dev.gatun.graph.Node;
import dev.gatun.graph.State;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Attention;
import dev.gatun.graph.op.If;
import dev.gatun.graph.op.Loop;
import dev.gatun.graph.op.Op;
import dev.gatun.graph.op.Scan;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Copies parts of a graph under the same names into a new one. */
final class GraphCopy {
  private final GraphBuilder builder;
  private final Map<Integer, Value> copies = new HashMap<>();

  GraphCopy(String name) {
    builder = new GraphBuilder(name);
  }

  void input(Value value) {
    copies.put(
        value.id(),
        builder.input(value.name(), value.type().dtype(), value.type().dims().toArray(new Dim[0])));
  }

  void constant(Constant constant) {
    copies.put(constant.value().id(), builder.constant(constant.value().name(), constant.data()));
  }

  void node(Node node) {
    List<Value> inputs = node.inputs().stream().map(this::copy).toList();
    List<String> names = node.outputs().stream().map(Value::name).toList();
    List<Value> outputs = builder.nodes(node.name(), node.op(), inputs, names);
    for (int i = 0; i < outputs.size(); i++) {
      copies.put(node.outputs().get(i).id(), outputs.get(i));
    }
  }

  /** From here on, users of {@code old} read {@code replacement}, a value of the copy. */
  void replace(Value old, Value replacement) {
    copies.put(old.id(), replacement);
  }

  /** To add nodes that the original lacks. */
  GraphBuilder builder() {
    return builder;
  }

  void output(Value value) {
    builder.output(copy(value));
  }

  /** Copies those states that the nodes use. */
  void states(Graph graph, List<Node> nodes) {
    Set<String> used = new HashSet<>();
    nodes.forEach(node -> collect(node.op(), used));
    for (State state : graph.states()) {
      if (used.contains(state.name())) {

        builder.state(state.name(), state.spec());
      }
    }
  }

  Graph build() {
    return builder.build();
  }

  /** The copy of a value that has been copied. */
  Value copy(Value value) {
    return value.isAbsent() ? value : copies.get(value.id());
  }

  private static void collect(Op op, Set<String> used) {
    switch (op) {
      case Attention attention -> attention.state().ifPresent(used::add);
      case If branches -> {
        collect(branches.thenBranch(), used);
        collect(branches.elseBranch(), used);
      }
      case Loop loop -> collect(loop.body(), used);
      case Scan scan -> collect(scan.body(), used);
      default -> {}
    }
  }

  private static void collect(Graph body, Set<String> used) {
    body.nodes().forEach(node -> collect(node.op(), used));
  }
}
