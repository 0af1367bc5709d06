package dev.gatun.formats.onnx;

import dev.gatun.formats.ModelFormatException;
import dev.gatun.formats.onnx.Imported.Computed;
import dev.gatun.formats.onnx.Imported.Known;
import dev.gatun.formats.onnx.Imported.Size;
import dev.gatun.formats.onnx.Imported.Sizes;
import dev.gatun.graph.Dim;
import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphBuilder;
import dev.gatun.graph.GraphException;
import dev.gatun.graph.Value;
import dev.gatun.graph.ValueType;
import dev.gatun.graph.op.ForeignOp;
import dev.gatun.graph.op.Reshape;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** One attempt to import a model: nodes in the file's order, each by its {@link OpImporter}. */
final class GraphImporter {
  private final String file;
  private final OnnxModel model;
  private final OpImporters importers;
  private final SymbolNames symbols;
  private final GraphBuilder builder;
  private final Map<String, Imported> names = new HashMap<>();
  private final Map<String, Value> constants = new HashMap<>();
  private final Map<String, OnnxValueInfo> declared = new HashMap<>();

  GraphImporter(
      String file, String name, OnnxModel model, OpImporters importers, SymbolNames symbols) {
    this.file = file;
    this.model = model;
    this.importers = importers;
    this.symbols = symbols;
    builder = new GraphBuilder(name);
  }

  String file() {
    return file;
  }

  long opset() {
    return model.opsets().getOrDefault("", 1L);
  }

  Graph run() {
    OnnxGraph graph = model.graph();
    graph.values().forEach(value -> declared.put(value.name(), value));
    graph.outputs().forEach(value -> declared.put(value.name(), value));
    graph.initializers().forEach((name, tensor) -> define(name, new Known(tensor.tensor()), -1));
    for (OnnxValueInfo input : graph.inputs()) {
      if (!graph.initializers().containsKey(input.name())) {
        ValueType type =
            type(input)
                .orElseThrow(() ->
                    bad(
                        input.offset(),
                        "input '" + input.name() + "' is no tensor of known shape"));
        Dim[] dims = type.dims().toArray(new Dim[0]);
        define(
            input.name(),
            new Computed(builder.input(input.name(), type.dtype(), dims)),
            input.offset());
      }
    }
    for (OnnxNode node : graph.nodes()) {
      run(node);
    }
    outputs(graph);
    return builder.build();
  }

  private void run(OnnxNode node) {
    if (node.outputs().isEmpty()) {
      throw bad(node.offset(), "node '" + node.label() + "' has no output");
    }
    Optional<OpImporter> importer = importers.find(node);
    List<Imported> results =
        importer.isPresent()
            ? importer.get().run(new NodeScope(this, builder, node))
            : foreign(node);
    for (int i = 0; i < results.size() && i < node.outputs().size(); i++) {
      if (!node.outputs().get(i).isEmpty()) {
        define(node.outputs().get(i), results.get(i), node.offset());
      }
    }
  }

  /** Carries an operator that Gatun does not know, when the file says what it gives. */
  private List<Imported> foreign(OnnxNode node) {
    var scope = new NodeScope(this, builder, node);
    List<Value> inputs = new ArrayList<>();
    for (int i = 0; i < node.inputs().size(); i++) {
      inputs.add(scope.optional(i));
    }
    List<ValueType> types = new ArrayList<>();
    for (String output : node.outputs()) {
      types.add(
          Optional.ofNullable(declared.get(output))
              .flatMap(this::type)
              .orElseThrow(() ->
                  scope.unsupported(
                      "Gatun does not know this operator%s, and the file does not say the type of '%s'"
                          .formatted(
                              node.domain().isEmpty() ? "" : " of " + node.domain(), output))));
    }
    long version = model.opsets().getOrDefault(node.domain(), 1L);
    Map<String, Object> attributes = ForeignAttributes.of(node);
    var op =
        new ForeignOp(
            node.domain(), node.type(), Math.toIntExact(version), attributes, List.of(), types);
    return builder.nodes(node.outputs().getFirst(), op, inputs).stream()
        .<Imported>map(Computed::new)
        .toList();
  }

  private void define(String name, Imported value, long offset) {
    if (names.put(name, value) != null) {
      throw bad(offset, "'" + name + "' is defined twice");
    }
  }

  Imported named(String name, OnnxNode user) {
    Imported known = names.get(name);
    if (known == null) {
      throw bad(
          user.offset(),
          "node '%s' uses '%s', which no node before it gives: it is missing, or the graph has a cycle"
              .formatted(user.label(), name));
    }
    return known;
  }

  /** What a name stands for, as a value of the graph. */
  Value value(String name, Imported imported, OnnxNode user) {
    return switch (imported) {
      case Computed(Value value) -> value;
      case Known(Tensor tensor) ->
          constants.computeIfAbsent(name, key -> builder.constant(key, tensor));
      case Sizes sizes -> {
        Tensor tensor =
            numbers(sizes)
                .orElseThrow(() ->
                    bad(
                        user.offset(),
                        "node '%s' (%s) computes with the sizes %s, which are known only when the model runs; this cannot be imported"
                            .formatted(user.label(), user.type(), sizes.sizes())));
        yield constants.computeIfAbsent(name, key -> builder.constant(key, tensor));
      }
    };
  }

  /** Sizes without symbols, as numbers. */
  Optional<Tensor> numbers(Sizes sizes) {
    long[] numbers = new long[sizes.sizes().size()];
    for (int i = 0; i < numbers.length; i++) {
      if (!(sizes.sizes().get(i) instanceof Size.Whole(long number))) {
        return Optional.empty();
      }
      numbers[i] = number;
    }
    Shape shape = sizes.scalar() ? Shape.of() : Shape.of((long) numbers.length);
    return Optional.of(Tensor.ofLongs(shape, numbers));
  }

  private Optional<ValueType> type(OnnxValueInfo info) {
    Optional<DType> dtype = ElementTypes.of(info.elementType());
    if (dtype.isEmpty() || info.dims().isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(new ValueType(dtype.get(), symbols.dims(info)));
  }

  private void outputs(OnnxGraph graph) {
    Set<Integer> given = new HashSet<>();
    for (OnnxValueInfo output : graph.outputs()) {
      Imported known = names.get(output.name());
      if (known == null) {
        throw bad(output.offset(), "no node gives the output '" + output.name() + "'");
      }
      OnnxNode user =
          new OnnxNode(
              "", "", "output", List.of(), List.of(output.name()), Map.of(), output.offset());
      Value value = value(output.name(), known, user);
      boolean own = value.name().equals(output.name()) && isComputed(value);
      if (!own || !given.add(value.id())) {
        value = renamed(output, value);
      }
      builder.output(value);
    }
  }

  private boolean isComputed(Value value) {
    return !constants.containsValue(value)
        && model.graph().inputs().stream().noneMatch(input -> input.name().equals(value.name()));
  }

  /** An output that is another value under a second name. */
  private Value renamed(OnnxValueInfo output, Value value) {
    try {
      return builder.node(output.name(), new Reshape(value.type().dims()), value);
    } catch (GraphException e) {
      throw bad(output.offset(), "output '" + output.name() + "': " + e.getMessage());
    }
  }

  private ModelFormatException bad(long offset, String what) {
    return new ModelFormatException(file, offset, what);
  }
}
