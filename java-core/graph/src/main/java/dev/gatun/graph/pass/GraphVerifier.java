package dev.gatun.graph.pass;

import dev.gatun.graph.Constant;
import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphException;
import dev.gatun.graph.Node;
import dev.gatun.graph.State;
import dev.gatun.graph.Value;
import dev.gatun.graph.ValueType;
import dev.gatun.graph.op.Attention;
import dev.gatun.graph.op.ForeignOp;
import dev.gatun.graph.op.If;
import dev.gatun.graph.op.Loop;
import dev.gatun.graph.op.Op;
import dev.gatun.graph.op.Scan;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Checks what a graph promises: dense ids, unique names, topological order, types as inferred,
 * states that exist; subgraphs too. {@link dev.gatun.graph.GraphBuilder} builds valid graphs except
 * for states; passes that change graphs are tested with this.
 */
public final class GraphVerifier {
  private final Graph graph;
  private final List<String> problems = new ArrayList<>();
  private final Set<Integer> ids = new HashSet<>();
  private final Set<String> valueNames = new HashSet<>();
  private final Set<Value> known = new HashSet<>();

  private GraphVerifier(Graph graph) {
    this.graph = graph;
  }

  /** All that is wrong; empty for a valid graph. */
  public static List<String> problems(Graph graph) {
    GraphVerifier verifier = new GraphVerifier(graph);
    verifier.check();
    return List.copyOf(verifier.problems);
  }

  /**
   * Returns the graph when it is valid.
   *
   * @throws GraphException that lists all problems
   */
  public static Graph verify(Graph graph) {
    List<String> problems = problems(graph);
    if (!problems.isEmpty()) {
      throw new GraphException(graph.name() + " is not valid: " + String.join("; ", problems));
    }
    return graph;
  }

  private void check() {
    graph.inputs().forEach(this::define);
    for (Constant constant : graph.constants()) {
      define(constant.value());
      ValueType stored = ValueType.of(constant.data().dtype(), constant.data().shape());
      if (!stored.equals(constant.value().type())) {
        problem("constant '%s' holds %s", constant.value(), stored);
      }
    }
    checkStates();
    Set<String> nodeNames = new HashSet<>();
    int expected = 0;
    for (Node node : graph.nodes()) {
      if (node.id() != expected++) {
        problem("node '%s' has id %s, not %s", node.name(), node.id(), expected - 1);
      }
      if (!nodeNames.add(node.name())) {
        problem("two nodes are called '%s'", node.name());
      }
      checkNode(node);
    }
    for (Value output : graph.outputs()) {
      if (!known.contains(output)) {
        problem("output '%s' is not computed", output);
      }
    }
    if (graph.outputs().isEmpty()) {
      problem("there is no output");
    }
  }

  private void checkStates() {
    Set<String> names = new HashSet<>();
    for (State state : graph.states()) {
      if (!names.add(state.name())) {
        problem("two states are called '%s'", state.name());
      }
    }
  }

  private void checkNode(Node node) {
    List<ValueType> types = new ArrayList<>();
    for (Value input : node.inputs()) {
      if (!input.isAbsent() && !known.contains(input)) {
        problem("node '%s' reads '%s' before it is there", node.name(), input);
      }
      types.add(input.isAbsent() ? null : input.type());
    }
    List<ValueType> declared = node.outputs().stream().map(Value::type).toList();
    try {
      List<ValueType> inferred = node.op().infer(types);
      if (!inferred.equals(declared)) {
        problem("node '%s' gives %s, not %s", node.name(), inferred, declared);
      }
    } catch (GraphException e) {
      problem("node '%s': %s", node.name(), e.getMessage());
    }
    node.outputs().forEach(this::define);
    checkOp(node, node.op());
  }

  private void checkOp(Node node, Op op) {
    switch (op) {
      case Attention attention ->
          attention.state().ifPresent(name -> checkUse(node, attention, name));
      case If branches -> {
        checkSubgraph(node, branches.thenBranch());
        checkSubgraph(node, branches.elseBranch());
      }
      case Loop loop -> checkSubgraph(node, loop.body());
      case Scan scan -> checkSubgraph(node, scan.body());
      case ForeignOp foreign -> foreign.subgraphs().forEach(body -> checkSubgraph(node, body));
      default -> {}
    }
  }

  private void checkUse(Node node, Attention attention, String name) {
    Optional<State> state =
        graph.states().stream().filter(each -> each.name().equals(name)).findFirst();
    if (state.isEmpty()) {
      problem("node '%s' uses state '%s', which does not exist", node.name(), name);
    } else if (!state.get().spec().equals(attention.spec())) {
      problem(
          "node '%s' takes state '%s' for %s, not %s",
          node.name(), name, attention.spec(), state.get().spec());
    }
  }

  private void checkSubgraph(Node node, Graph body) {
    for (String problem : problems(body)) {
      problem("node '%s', subgraph %s: %s", node.name(), body.name(), problem);
    }
    for (State state : body.states()) {
      if (!graph.states().contains(state)) {
        problem("node '%s': state '%s' is not one of %s", node.name(), state.name(), graph.name());
      }
    }
  }

  private void define(Value value) {
    if (value.id() < 0 || value.id() >= graph.valueCount() || !ids.add(value.id())) {
      problem("value '%s' has id %s", value, value.id());
    }
    if (value.name().isEmpty() || !valueNames.add(value.name())) {
      problem("two values are called '%s'", value.name());
    }
    known.add(value);
  }

  private void problem(String message, Object... args) {
    problems.add(message.formatted(args));
  }
}
