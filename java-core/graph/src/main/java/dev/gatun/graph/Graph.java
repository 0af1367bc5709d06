package dev.gatun.graph;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A computation: nodes in topological order over inputs, constants and states. Immutable; built by
 * {@link GraphBuilder}. Constants are views of the model's file, so a graph is usable only while
 * its {@link ModelSource} is open.
 */
public final class Graph {
  private final String name;
  private final List<Value> inputs;
  private final List<Constant> constants;
  private final List<State> states;
  private final List<Node> nodes;
  private final List<Value> outputs;
  private final int valueCount;
  private final Optional<GraphOrigin> origin;
  private final Map<Integer, Constant> constantById = new HashMap<>();
  private final Map<String, State> stateByName = new HashMap<>();
  private final Map<Integer, Node> producer = new HashMap<>();

  Graph(
      String name,
      List<Value> inputs,
      List<Constant> constants,
      List<State> states,
      List<Node> nodes,
      List<Value> outputs,
      int valueCount,
      Optional<GraphOrigin> origin) {
    this.name = name;
    this.inputs = List.copyOf(inputs);
    this.constants = List.copyOf(constants);
    this.states = List.copyOf(states);
    this.nodes = List.copyOf(nodes);
    this.outputs = List.copyOf(outputs);
    this.valueCount = valueCount;
    this.origin = origin;
    constants.forEach(constant -> constantById.put(constant.value().id(), constant));
    states.forEach(state -> stateByName.put(state.name(), state));
    for (Node node : nodes) {
      node.outputs().forEach(value -> producer.put(value.id(), node));
    }
  }

  public String name() {
    return name;
  }

  public List<Value> inputs() {
    return inputs;
  }

  public List<Constant> constants() {
    return constants;
  }

  public List<State> states() {
    return states;
  }

  /** All nodes, in an order in which they can run. */
  public List<Node> nodes() {
    return nodes;
  }

  public List<Value> outputs() {
    return outputs;
  }

  /** One more than the largest {@link Value#id()}: the size of an array indexed by value. */
  public int valueCount() {
    return valueCount;
  }

  /** The file that means the same; empty when there is none, or a pass has changed the meaning. */
  public Optional<GraphOrigin> origin() {
    return origin;
  }

  /** This graph with an origin: for importers, and for passes that keep the meaning. */
  public Graph withOrigin(Optional<GraphOrigin> same) {
    return new Graph(name, inputs, constants, states, nodes, outputs, valueCount, same);
  }

  /** The constant behind a value, when it is one. */
  public Optional<Constant> constant(Value value) {
    return Optional.ofNullable(constantById.get(value.id()));
  }

  /** The node that computes a value; empty for inputs and constants. */
  public Optional<Node> producer(Value value) {
    return Optional.ofNullable(producer.get(value.id()));
  }

  /**
   * The input with this name.
   *
   * @throws GraphException when there is none
   */
  public Value input(String input) {
    return find(inputs, input, "input");
  }

  /**
   * The output with this name.
   *
   * @throws GraphException when there is none
   */
  public Value output(String output) {
    return find(outputs, output, "output");
  }

  /**
   * The state with this name.
   *
   * @throws GraphException when there is none
   */
  public State state(String state) {
    State found = stateByName.get(state);
    if (found == null) {
      throw new GraphException(name + " has no state '" + state + "'");
    }
    return found;
  }

  private Value find(List<Value> values, String wanted, String kind) {
    for (Value value : values) {
      if (value.name().equals(wanted)) {
        return value;
      }
    }
    throw new GraphException(
        "%s has no %s '%s', only %s"
            .formatted(name, kind, wanted, values.stream().map(Value::name).toList()));
  }

  @Override
  public String toString() {
    return "%s: %d nodes, %d constants".formatted(name, nodes.size(), constants.size());
  }
}
