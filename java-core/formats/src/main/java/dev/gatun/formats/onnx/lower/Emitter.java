package dev.gatun.formats.onnx.lower;

import dev.gatun.formats.onnx.OnnxContent;
import dev.gatun.formats.onnx.OnnxNode;
import dev.gatun.formats.onnx.OnnxTensor;
import dev.gatun.graph.Dim;
import dev.gatun.graph.Graph;
import dev.gatun.graph.Value;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One graph of the ONNX model being made, or the body of a control-flow node within it: nodes so
 * far, names of values, and what has been made already. A body sees what stands around it; tensors
 * all stand in the outermost graph.
 */
final class Emitter {
  /** Prefix of operators that ONNX Runtime contributes. */
  static final String CONTRIB = "com.microsoft:";

  private final Emitter parent;
  private final Model model;
  private final Graph graph;
  private final List<OnnxNode> nodes = new ArrayList<>();
  private final Map<String, Integer> producers = new HashMap<>();
  private final Set<String> used = new HashSet<>();
  private final Map<Integer, Operand> values = new HashMap<>();
  private final Map<Object, Operand> made = new HashMap<>();
  private final Map<String, Place> symbols = new HashMap<>();
  private String scope = "";

  /** What all graphs of a model share. */
  static final class Model {
    private final Set<String> names = new HashSet<>();
    private final Set<String> nodeNames = new HashSet<>();
    private final Map<String, OnnxTensor> tensors = new java.util.LinkedHashMap<>();
    private final Map<String, String> origins = new HashMap<>();
    private final Map<String, Long> domains = new java.util.TreeMap<>();

    /** Tensors by name. */
    Map<String, OnnxTensor> tensors() {
      return tensors;
    }

    /** For each ONNX node the name of the node of the graph that it stands for. */
    Map<String, String> origins() {
      return origins;
    }

    /** Versions of the operator sets beside the standard one. */
    Map<String, Long> domains() {
      return domains;
    }

    String unique(String wanted) {
      return unique(wanted, names);
    }

    /** Nodes are called as in the graph; values may have the same names. */
    String uniqueNode(String wanted) {
      return unique(wanted, nodeNames);
    }

    private static String unique(String wanted, Set<String> taken) {
      String candidate = wanted;
      for (int i = 2; !taken.add(candidate); i++) {
        candidate = wanted + "~" + i;
      }
      return candidate;
    }
  }

  /** A value whose extent along an axis is the size of a symbol. */
  private record Place(Operand value, int axis) {}

  /** The outermost graph. Names of its inputs and outputs are taken as they are. */
  Emitter(Model model, Graph graph) {
    this(null, model, graph);
    graph.inputs().forEach(value -> model.names.add(value.name()));
    graph.outputs().forEach(value -> model.names.add(value.name()));
  }

  private Emitter(Emitter parent, Model model, Graph graph) {
    this.parent = parent;
    this.model = model;
    this.graph = graph;
  }

  /** The body of a node. */
  Emitter body(Graph subgraph) {
    Emitter child = new Emitter(this, model, subgraph);
    child.scope = scope;
    return child;
  }

  Graph graph() {
    return graph;
  }

  Model model() {
    return model;
  }

  boolean isBody() {
    return parent != null;
  }

  List<OnnxNode> nodes() {
    return nodes;
  }

  /** Names that follow belong to this node of the graph. */
  void enter(String node) {
    scope = node;
  }

  /** A name that nothing has yet. */
  String unique(String wanted) {
    return model.unique(wanted);
  }

  // Values of the graph.

  /** Says what a value of the graph is in the model. */
  void define(Value value, Operand operand) {
    Operand named = operand;
    boolean wanted = !operand.name().equals(value.name()) && (isBody() || isOutput(value));
    if (wanted && !isBody()) {
      named = renamed(operand, value.name());
    }
    values.put(value.id(), named);
    place(value, named);
  }

  private boolean isOutput(Value value) {
    return graph.outputs().stream().anyMatch(output -> output.id() == value.id());
  }

  /** The operand under another name: that of its node's output where nothing uses it yet. */
  private Operand renamed(Operand operand, String name) {
    Operand result = new Operand(name, operand.dtype());
    Integer index = producers.get(operand.name());
    if (index == null || used.contains(operand.name()) || values.containsValue(operand)) {
      add("Identity", Attributes.none(), List.of(operand), List.of(name));
      return result;
    }
    OnnxNode node = nodes.get(index);
    List<String> outputs =
        node.outputs().stream().map(each -> each.equals(operand.name()) ? name : each).toList();
    nodes.set(
        index,
        new OnnxNode(
            node.name(),
            node.domain(),
            node.type(),
            node.inputs(),
            outputs,
            node.attributes(),
            node.offset()));
    producers.remove(operand.name());
    producers.put(name, index);
    made.replaceAll((key, each) -> each.equals(operand) ? result : each);
    return result;
  }

  private void place(Value value, Operand operand) {
    List<Dim> dims = value.type().dims();
    for (int axis = 0; axis < dims.size(); axis++) {
      if (dims.get(axis) instanceof Dim.Symbol symbol) {
        symbols.putIfAbsent(symbol.name(), new Place(operand, axis));
      }
    }
  }

  /** A value as it is stored; weights of a block format are decoded to F32. */
  Operand operand(Value value) {
    if (value.isAbsent()) {
      return Operand.ABSENT;
    }
    Operand known = values.get(value.id());
    if (known == null) {
      Tensor data =
          graph
              .constant(value)
              .orElseThrow(() -> new Refused("its input '" + value.name() + "' is not lowered"))
              .data();
      known = Weights.plain(this, value.name(), data);
      values.put(value.id(), known);
      place(value, known);
    }
    return known;
  }

  /** A floating-point value as F32. */
  Operand single(Value value) {
    return cast(operand(value), DType.F32);
  }

  /** A value in another element type. */
  Operand cast(Operand operand, DType to) {
    if (operand.dtype() == to || operand.name().isEmpty()) {
      return operand;
    }
    return once(
        List.of("cast", operand, to),
        () -> emit("Cast", Attributes.none().with("to", (long) Types.number(to)), to, operand));
  }

  // Nodes.

  /** Adds a node with one output. */
  Operand emit(String type, Attributes attributes, DType dtype, Operand... inputs) {
    String output = unique(scope + "/" + type.substring(type.indexOf(':') + 1));
    add(type, attributes, List.of(inputs), List.of(output));
    return new Operand(output, dtype);
  }

  /** Adds a node without attributes. */
  Operand emit(String type, DType dtype, Operand... inputs) {
    return emit(type, Attributes.none(), dtype, inputs);
  }

  /** Adds a node with outputs of these types. */
  List<Operand> emitAll(
      String type, Attributes attributes, List<Operand> inputs, List<DType> dtypes) {
    List<Operand> outputs = new ArrayList<>();
    for (DType dtype : dtypes) {
      outputs.add(new Operand(unique(scope + "/" + type.substring(type.indexOf(':') + 1)), dtype));
    }
    add(type, attributes, inputs, outputs.stream().map(Operand::name).toList());
    return outputs;
  }

  /**
   * Adds a node whose outputs have names already.
   *
   * @param type the operator, after its domain and a colon when that is not the standard one
   */
  void add(String type, Attributes attributes, List<Operand> inputs, List<String> outputs) {
    List<String> names = new ArrayList<>(inputs.stream().map(Operand::name).toList());
    while (!names.isEmpty() && names.getLast().isEmpty()) {
      names.removeLast();
    }
    int colon = type.indexOf(':');
    String domain = colon < 0 ? "" : type.substring(0, colon);
    if (!domain.isEmpty()) {
      model.domains.putIfAbsent(domain, 1L);
    }
    String name = model.uniqueNode(scope.isEmpty() ? type : scope);
    model.origins.put(name, scope);
    outputs.forEach(output -> producers.put(output, nodes.size()));
    for (Emitter each = this; each != null; each = each.parent) {
      each.used.addAll(names);
    }
    nodes.add(
        new OnnxNode(
            name, domain, type.substring(colon + 1), names, outputs, attributes.values(), -1));
  }

  /** What was made under this key, here or around; else makes it. */
  Operand once(Object key, java.util.function.Supplier<Operand> maker) {
    for (Emitter each = this; each != null; each = each.parent) {
      Operand known = each.made.get(key);
      if (known != null) {
        return known;
      }
    }
    Operand result = maker.get();
    made.put(key, result);
    return result;
  }

  /** Rows [tokens, width] as [1, tokens, width]. */
  Operand batch(Operand rows) {
    return once(List.of("batch", rows), () -> emit("Unsqueeze", rows.dtype(), rows, longs(0)));
  }

  /** Rows [1, tokens, width] as [tokens, width]. */
  Operand rows(Operand batch) {
    Operand rows = emit("Squeeze", batch.dtype(), batch, longs(0));
    made.put(List.of("batch", rows), batch);
    return rows;
  }

  // Constants.

  /** A tensor of the model, whose content is asked for when the model is written. */
  Operand tensor(String name, DType dtype, Shape shape, OnnxContent content) {
    String unique = unique(name);
    model.tensors.put(unique, OnnxTensor.of(unique, dtype, shape, content));
    return new Operand(unique, dtype);
  }

  /** A small vector of integers. */
  Operand longs(long... numbers) {
    return shared(Tensor.ofLongs(Shape.of((long) numbers.length), numbers), boxed(numbers));
  }

  /** An integer without dimensions. */
  Operand integer(long number) {
    return shared(Tensor.ofLongs(Shape.of(), number), number);
  }

  /** A number without dimensions, in a floating-point type. */
  Operand real(DType dtype, double number) {
    Tensor tensor = Tensor.ofFloats(Shape.of(), (float) number);
    return cast(shared(tensor, (float) number), dtype);
  }

  private static List<Long> boxed(long[] numbers) {
    return java.util.Arrays.stream(numbers).boxed().toList();
  }

  Operand shared(Tensor tensor, Object key) {
    Emitter root = this;
    while (root.parent != null) {
      root = root.parent;
    }
    Emitter outermost = root;
    return root.once(
        List.of("constant", tensor.dtype(), tensor.shape(), key),
        () ->
            outermost.tensor(
                "const", tensor.dtype(), tensor.shape(), OnnxContent.of(tensor.data())));
  }

  // Sizes.

  /** The size of a symbol, I64 [1]. */
  Operand symbol(String symbol) {
    for (Emitter each = this; each != null; each = each.parent) {
      Place place = each.symbols.get(symbol);
      if (place != null) {
        return once(
            List.of("size", symbol),
            () ->
                emit(
                    "Shape",
                    Attributes.none()
                        .with("start", (long) place.axis())
                        .with("end", place.axis() + 1L),
                    DType.I64,
                    place.value()));
      }
    }
    throw new Refused("no value has the extent '" + symbol + "' alone");
  }
}
