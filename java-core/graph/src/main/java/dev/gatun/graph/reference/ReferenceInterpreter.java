package dev.gatun.graph.reference;

import dev.gatun.graph.Bindings;
import dev.gatun.graph.Constant;
import dev.gatun.graph.Dim;
import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphException;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Array;
import dev.gatun.graph.op.ReferenceCall;
import dev.gatun.graph.op.ReferenceState;
import dev.gatun.tensor.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiFunction;

/**
 * Runs a graph with the scalar double-precision reference of each op: slow, plain, and what every
 * backend is compared with. Every result is checked against the type that shape inference gave.
 *
 * <p>Weights are decoded row by row as they are needed, so a model takes little more memory than
 * its activations. Used by one thread at a time.
 */
public final class ReferenceInterpreter {
  private final Graph graph;
  private final BiFunction<Node, Array, Array> filter;
  private final Array[] constants;
  private final List<List<Value>> lastUses;
  private final long[] runs;
  private final long[] nanoseconds;
  private final Map<Graph, ReferenceInterpreter> subgraphs = new LinkedHashMap<>();

  public ReferenceInterpreter(Graph graph) {
    this(graph, (node, result) -> result);
  }

  /**
   * An interpreter that passes each result of a node through {@code filter}, which may replace it
   * by another of the same type and shape: to round as a device would, or to see how errors grow.
   */
  public ReferenceInterpreter(Graph graph, BiFunction<Node, Array, Array> filter) {
    this.graph = graph;
    this.filter = filter;
    constants = new Array[graph.valueCount()];
    for (Constant constant : graph.constants()) {
      constants[constant.value().id()] = Array.of(constant.data());
    }
    lastUses = lastUses(graph);
    runs = new long[graph.nodes().size()];
    nanoseconds = new long[graph.nodes().size()];
  }

  public Graph graph() {
    return graph;
  }

  /**
   * Runs the graph once.
   *
   * @param inputs all inputs, by name
   * @param states what the graph's states hold; changed by the run
   * @param observe names of further values to give back
   * @return the outputs and the observed values, by name
   * @throws GraphException when an input is missing or does not fit, naming it, or when a node
   *     fails, naming the node
   */
  public Map<String, Array> run(
      Map<String, Array> inputs, ReferenceStates states, Set<String> observe) {
    List<Array> ordered = new ArrayList<>();
    for (Value input : graph.inputs()) {
      Array array = inputs.get(input.name());
      if (array == null) {
        throw new GraphException("input '" + input.name() + "' is missing");
      }
      ordered.add(array);
    }
    Map<String, Array> results = new LinkedHashMap<>();
    List<Array> outputs = run(ordered, states, Map.of(), observe, results);
    for (int i = 0; i < outputs.size(); i++) {
      results.put(graph.outputs().get(i).name(), outputs.get(i));
    }
    for (String name : observe) {
      if (!results.containsKey(name)) {
        throw new GraphException(graph.name() + " has no value '" + name + "' to observe");
      }
    }
    return results;
  }

  /** How often a node of the graph has run. */
  public long runs(Node node) {
    return runs[node.id()];
  }

  /** Time that a node of the graph has taken, all runs together. */
  public long nanoseconds(Node node) {
    return nanoseconds[node.id()];
  }

  private List<Array> run(
      List<Array> inputs,
      ReferenceStates states,
      Map<String, Long> outerSizes,
      Set<String> observe,
      Map<String, Array> observed) {
    Bindings sizes = new Bindings();
    Array[] values = constants.clone();
    List<Shape> shapes = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      Value input = graph.inputs().get(i);
      Array array = inputs.get(i);
      if (array.dtype() != input.type().dtype()) {
        throw new GraphException("input '%s' has dtype %s".formatted(input, array.dtype()));
      }
      values[input.id()] = array;
      shapes.add(array.shape());
      observe(input, array, observe, observed);
    }
    sizes.bind(graph.inputs(), shapes);
    sizes.putIfAbsent(outerSizes);
    for (Node node : graph.nodes()) {
      List<Array> results = runNode(node, values, states, sizes);
      for (int i = 0; i < results.size(); i++) {
        Value output = node.outputs().get(i);
        values[output.id()] = results.get(i);
        observe(output, results.get(i), observe, observed);
      }
      for (Value dead : lastUses.get(node.id())) {
        values[dead.id()] = null;
      }
    }
    return graph.outputs().stream().map(value -> values[value.id()]).toList();
  }

  private List<Array> runNode(Node node, Array[] values, ReferenceStates states, Bindings sizes) {
    List<Array> nodeInputs = new ArrayList<>();
    for (Value input : node.inputs()) {
      nodeInputs.add(input.isAbsent() ? null : values[input.id()]);
    }
    List<Array> results;
    long start = System.nanoTime();
    try {
      results =
          node.op().reference(new Call(nodeInputs, states, sizes)).stream()
              .map(result -> filter.apply(node, result))
              .toList();
      sizes.bind(node.outputs(), results.stream().map(Array::shape).toList());
    } catch (GraphException e) {
      throw new GraphException("node '%s': %s".formatted(node.name(), e.getMessage()));
    }
    runs[node.id()]++;
    nanoseconds[node.id()] += System.nanoTime() - start;
    for (int i = 0; i < results.size(); i++) {
      if (results.get(i).dtype() != node.outputs().get(i).type().dtype()) {
        throw new GraphException(
            "node '%s' gave %s for %s"
                .formatted(node.name(), results.get(i).dtype(), node.outputs().get(i)));
      }
    }
    return results;
  }

  private static void observe(
      Value value, Array array, Set<String> observe, Map<String, Array> observed) {
    if (observe.contains(value.name())) {
      observed.put(value.name(), array);
    }
  }

  /** For each node, the computed values that nothing after it reads. */
  private static List<List<Value>> lastUses(Graph graph) {
    int[] lastUse = new int[graph.valueCount()];
    for (Node node : graph.nodes()) {
      node.outputs().forEach(value -> lastUse[value.id()] = node.id());
      node.inputs().stream()
          .filter(value -> !value.isAbsent())
          .forEach(value -> lastUse[value.id()] = node.id());
    }
    graph.outputs().forEach(value -> lastUse[value.id()] = -1);
    List<List<Value>> dead = new ArrayList<>();
    graph.nodes().forEach(node -> dead.add(new ArrayList<>()));
    for (Node node : graph.nodes()) {
      for (Value value : node.outputs()) {
        if (lastUse[value.id()] >= 0) {
          dead.get(lastUse[value.id()]).add(value);
        }
      }
    }
    return dead;
  }

  private final class Call implements ReferenceCall {
    private final List<Array> inputs;
    private final ReferenceStates states;
    private final Bindings sizes;

    Call(List<Array> inputs, ReferenceStates states, Bindings sizes) {
      this.inputs = inputs;
      this.states = states;
      this.sizes = sizes;
    }

    @Override
    public List<Array> inputs() {
      return inputs;
    }

    @Override
    public long size(Dim dim) {
      return sizes.size(dim);
    }

    @Override
    public ReferenceState state(String name) {
      return states.state(name);
    }

    @Override
    public List<Array> run(Graph subgraph, List<Array> arguments) {
      arguments.forEach(Objects::requireNonNull);
      return subgraphs
          .computeIfAbsent(subgraph, body -> new ReferenceInterpreter(body, filter))
          .run(arguments, states, sizes.sizes(), Set.of(), new LinkedHashMap<>());
    }
  }
}
