package dev.gatun.graph;

import dev.gatun.graph.op.Attention;
import dev.gatun.graph.op.Binary;
import dev.gatun.graph.op.Concat;
import dev.gatun.graph.op.GatedActivation;
import dev.gatun.graph.op.Gather;
import dev.gatun.graph.op.LayerNormalization;
import dev.gatun.graph.op.MatMul;
import dev.gatun.graph.op.Op;
import dev.gatun.graph.op.Reshape;
import dev.gatun.graph.op.RmsNormalization;
import dev.gatun.graph.op.RotaryEmbedding;
import dev.gatun.graph.op.Slice;
import dev.gatun.graph.op.Softmax;
import dev.gatun.graph.op.Transpose;
import dev.gatun.graph.op.Unary;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Builds a {@link Graph} node by node, inferring types as it goes. Names of values and nodes are
 * made unique by a suffix. Not thread-safe; {@link #build} may be called once.
 *
 * <p>{@link #scope} sets the prefix of the names of the nodes that follow, such as {@code blk.3.}.
 */
public final class GraphBuilder {
  private final String name;
  private final List<Value> inputs = new ArrayList<>();
  private final List<Constant> constants = new ArrayList<>();
  private final List<State> states = new ArrayList<>();
  private final List<Node> nodes = new ArrayList<>();
  private final List<Value> outputs = new ArrayList<>();
  private final List<Value> values = new ArrayList<>();
  private final Set<String> valueNames = new HashSet<>();
  private final Set<String> nodeNames = new HashSet<>();
  private String scope = "";
  private boolean built;

  public GraphBuilder(String name) {
    this.name = name;
  }

  public String name() {
    return name;
  }

  /** Prefix of the names of the nodes that follow. */
  public GraphBuilder scope(String prefix) {
    scope = prefix;
    return this;
  }

  public Value input(String inputName, DType dtype, Dim... dims) {
    Value value = value(inputName, ValueType.of(dtype, dims));
    inputs.add(value);
    return value;
  }

  /** A constant, by default named as in the model's file. */
  public Value constant(String constantName, Tensor data) {
    Value value = value(constantName, ValueType.of(data.dtype(), data.shape()));
    constants.add(new Constant(value, data));
    return value;
  }

  /** A constant scalar-like F32 vector of one element. */
  public Value scalar(String constantName, float x) {
    return constant(constantName, Tensor.ofFloats(Shape.of(1), x));
  }

  public State state(String stateName, StateSpec spec) {
    State state = new State(stateName, spec);
    states.add(state);
    return state;
  }

  /**
   * Gives the inputs another order.
   *
   * @throws GraphException when these are not the inputs
   */
  public void orderInputs(List<Value> order) {
    if (order.size() != inputs.size() || !new HashSet<>(order).equals(new HashSet<>(inputs))) {
      throw new GraphException(name + ": " + order + " are not the inputs " + inputs);
    }
    inputs.clear();
    inputs.addAll(order);
  }

  /** Whether a value is an input of the graph. */
  public boolean isInput(Value value) {
    return inputs.contains(value);
  }

  /** Marks a value as an output. Outputs keep the names of their values. */
  public void output(Value value) {
    checkOwn("output", value);
    outputs.add(value);
  }

  /** Adds a node with one output. */
  public Value node(String nodeName, Op op, Value... nodeInputs) {
    List<Value> made = nodes(nodeName, op, List.of(nodeInputs));
    if (made.size() != 1) {
      throw new GraphException(nodeName + " has " + made.size() + " outputs");
    }
    return made.getFirst();
  }

  /**
   * Adds a node.
   *
   * @throws GraphException naming the node when its inputs do not fit
   */
  public List<Value> nodes(String nodeName, Op op, List<Value> nodeInputs) {
    return nodes(nodeName, op, nodeInputs, List.of());
  }

  /**
   * Adds a node whose outputs have names of their own.
   *
   * @param outputNames of the first outputs; the others, and those with an empty name, are called
   *     after the node
   * @throws GraphException naming the node when its inputs do not fit
   */
  public List<Value> nodes(
      String nodeName, Op op, List<Value> nodeInputs, List<String> outputNames) {
    boolean alike = outputNames.isEmpty() || outputNames.getFirst().isEmpty();
    String full = alike ? uniqueNode(scope + nodeName) : unique(nodeNames, scope + nodeName);
    List<ValueType> types = new ArrayList<>();
    for (Value input : nodeInputs) {
      if (!input.isAbsent()) {
        checkOwn(full, input);
      }
      types.add(input.isAbsent() ? null : input.type());
    }
    List<ValueType> results;
    try {
      results = op.infer(types);
    } catch (GraphException e) {
      throw new GraphException("node '" + full + "': " + e.getMessage());
    }
    List<Value> made = new ArrayList<>();
    for (int i = 0; i < results.size(); i++) {
      boolean named = i < outputNames.size() && !outputNames.get(i).isEmpty();
      String valueName = named ? outputNames.get(i) : results.size() == 1 ? full : full + "." + i;
      made.add(register(unique(valueNames, valueName), results.get(i)));
    }
    nodes.add(new Node(nodes.size(), full, op, nodeInputs, made));
    return made;
  }

  /**
   * The graph.
   *
   * @throws IllegalStateException when it has been built already
   */
  public Graph build() {
    if (built) {
      throw new IllegalStateException(name + " has been built");
    }
    built = true;
    return new Graph(
        name, inputs, constants, states, nodes, outputs, values.size(), Optional.empty());
  }

  // The ops that architectures use most.

  /** {@code x w^T} with a weight stored [out, in]. */
  public Value linear(String nodeName, Value x, Value weight) {
    return node(nodeName, new MatMul(true), x, weight);
  }

  public Value add(String nodeName, Value a, Value b) {
    return node(nodeName, new Binary(Binary.Function.ADD), a, b);
  }

  public Value mul(String nodeName, Value a, Value b) {
    return node(nodeName, new Binary(Binary.Function.MUL), a, b);
  }

  public Value unary(String nodeName, Unary.Function function, Value x) {
    return node(nodeName, new Unary(function), x);
  }

  /** Rows of {@code data} by index. */
  public Value gather(String nodeName, Value data, Value indices) {
    return node(nodeName, new Gather(0), data, indices);
  }

  public Value rmsNormalization(String nodeName, Value x, Value scale, double epsilon) {
    return node(nodeName, new RmsNormalization(epsilon), x, scale);
  }

  /** {@code bias} may be {@link Value#ABSENT}. */
  public Value layerNormalization(
      String nodeName, Value x, Value scale, Value bias, double epsilon) {
    return node(nodeName, new LayerNormalization(epsilon), x, scale, bias);
  }

  public Value rotary(
      String nodeName, RotaryEmbedding op, Value x, Value positions, Value inverseFrequencies) {
    return node(nodeName, op, x, positions, inverseFrequencies);
  }

  public Value attention(
      String nodeName, Attention op, Value q, Value k, Value v, Value positions, Value sequences) {
    return node(nodeName, op, q, k, v, positions, sequences);
  }

  public Value gated(String nodeName, Unary.Function activation, Value gate, Value up) {
    return node(nodeName, new GatedActivation(activation), gate, up);
  }

  public Value reshape(String nodeName, Value x, Dim... dims) {
    return node(nodeName, new Reshape(List.of(dims)), x);
  }

  public Value transpose(String nodeName, Value x, Integer... permutation) {
    return node(nodeName, new Transpose(List.of(permutation)), x);
  }

  public Value slice(String nodeName, Value x, int axis, long start, long length) {
    return node(nodeName, new Slice(axis, start, length), x);
  }

  public Value concat(String nodeName, int axis, Value... parts) {
    return node(nodeName, new Concat(axis), parts);
  }

  public Value softmax(String nodeName, Value x, int axis) {
    return node(nodeName, new Softmax(axis), x);
  }

  private Value value(String valueName, ValueType type) {
    return register(unique(valueNames, valueName), type);
  }

  private Value register(String valueName, ValueType type) {
    Value value = new Value(values.size(), valueName, type);
    values.add(value);
    return value;
  }

  private void checkOwn(String user, Value value) {
    if (value.isAbsent() || value.id() >= values.size() || !values.get(value.id()).equals(value)) {
      throw new GraphException("'%s' uses '%s', which is not of this graph".formatted(user, value));
    }
  }

  /** Of nodes and of values too, since a single output is called as its node. */
  private String uniqueNode(String wanted) {
    String candidate = unique(nodeNames, wanted);
    for (int i = 2; valueNames.contains(candidate); i++) {
      candidate = unique(nodeNames, wanted + "#" + i);
    }
    return candidate;
  }

  private static String unique(Set<String> names, String wanted) {
    String candidate = wanted;
    for (int i = 2; !names.add(candidate); i++) {
      candidate = wanted + "#" + i;
    }
    return candidate;
  }
}
