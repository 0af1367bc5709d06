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
import dev.gatun.graph.op.Reshape;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;

/**
 * Imports one graph: the model's, a body of a control-flow operator, or a function. Nodes run in
 * the file's order, each by its {@link OpImporter}.
 *
 * <p>A body sees the names of the graphs around it. What those compute becomes an input of the body
 * where it is read ({@link #captures}); what they know is known in it too.
 */
final class GraphImporter {
  private final ImportContext context;
  private final GraphImporter parent;
  private final boolean inline;
  private final boolean isolated;
  private final Map<String, Long> opsets;
  private final GraphBuilder builder;
  private final Map<String, Imported> names = new HashMap<>();
  private final Map<String, Value> constants = new HashMap<>();
  private final Map<String, Value> captures = new LinkedHashMap<>();
  private final Map<String, Value> carriers = new HashMap<>();
  private final Map<String, OnnxValueInfo> declared = new HashMap<>();
  private final Set<String> outputNames = new HashSet<>();

  private GraphImporter(
      ImportContext context,
      GraphImporter parent,
      boolean inline,
      boolean isolated,
      Map<String, Long> opsets,
      GraphBuilder builder) {
    this.context = context;
    this.parent = parent;
    this.inline = inline;
    this.isolated = isolated;
    this.opsets = opsets;
    this.builder = builder;
  }

  /** Of a whole model. */
  static GraphImporter of(ImportContext context, String name) {
    return new GraphImporter(
        context, null, false, true, context.model().opsets(), new GraphBuilder(name));
  }

  /** Of a body, which becomes a graph of its own. */
  GraphImporter body(String name) {
    return new GraphImporter(context, this, false, false, opsets, new GraphBuilder(name));
  }

  /** Of a body whose nodes become nodes of this graph. */
  GraphImporter inlined() {
    return new GraphImporter(context, this, true, false, opsets, builder);
  }

  /** Of a function whose nodes become nodes of this graph; it sees its own names only. */
  GraphImporter function(Map<String, Long> functionOpsets) {
    return new GraphImporter(context, this, true, true, functionOpsets, builder);
  }

  /** Of single nodes, apart from this graph. */
  GraphImporter apart() {
    return new GraphImporter(context, null, false, true, opsets, new GraphBuilder("folded"));
  }

  ImportContext context() {
    return context;
  }

  String file() {
    return context.file();
  }

  GraphBuilder builder() {
    return builder;
  }

  long opset() {
    return opsets.getOrDefault("", 1L);
  }

  long version(String domain) {
    return opsets.getOrDefault(domain, 1L);
  }

  /** The whole model as a graph. */
  Graph run() {
    OnnxGraph graph = context.model().graph();
    prepare(graph);
    for (OnnxValueInfo input : graph.inputs()) {
      if (!graph.initializers().containsKey(input.name())) {
        ValueType type =
            type(input)
                .orElseThrow(() ->
                    bad(
                        input.offset(),
                        "input '%s' is %s; only tensors of numbers with a known rank can be imported"
                            .formatted(input.name(), input.kind())));
        Dim[] dims = type.dims().toArray(new Dim[0]);
        define(
            input.name(),
            new Computed(builder.input(input.name(), type.dtype(), dims)),
            input.offset());
      }
    }
    nodes(graph);
    outputs(graph);
    return builder.build();
  }

  /** Names the initializers and declared values of a graph. */
  void prepare(OnnxGraph graph) {
    graph.values().forEach(value -> declared.put(value.name(), value));
    graph.outputs().forEach(value -> declared.put(value.name(), value));
    graph.outputs().forEach(value -> outputNames.add(value.name()));
    graph.initializers().forEach((name, tensor) -> define(name, new Known(tensor.tensor()), -1));
  }

  void nodes(OnnxGraph graph) {
    graph.nodes().forEach(this::run);
  }

  void run(OnnxNode node) {
    if (node.outputs().isEmpty()) {
      throw bad(node.offset(), "node '" + node.label() + "' has no output");
    }
    List<Imported> results = results(node);
    for (int i = 0; i < node.outputs().size(); i++) {
      if (node.outputs().get(i).isEmpty()) {
        continue;
      }
      if (i >= results.size()) {
        throw bad(
            node.offset(),
            "node '%s' has output %d, '%s', which %s of operator set %d does not give"
                .formatted(node.label(), i, node.outputs().get(i), node.type(), opset()));
      }
      define(node.outputs().get(i), results.get(i), node.offset());
    }
  }

  /** Importers rely on what ONNX promises of inputs and attributes; a file may break it. */
  private List<Imported> results(OnnxNode node) {
    Optional<OpImporter> importer = context.importers().find(node);
    try {
      return importer.isPresent()
          ? Folding.apply(this, node, importer.get())
              .orElseGet(() -> importer.get().run(new NodeScope(this, builder, node)))
          : Functions.call(this, node).orElseGet(() -> Foreign.carry(this, node));
    } catch (IndexOutOfBoundsException
        | NoSuchElementException
        | IllegalArgumentException
        | ArithmeticException e) {
      throw new ModelFormatException(
          file(),
          node.offset(),
          "node '%s' has inputs or attributes that do not fit %s of operator set %d (%s)"
              .formatted(node.label(), node.type(), opset(), e.getMessage()),
          e);
    }
  }

  void define(String name, Imported value, long offset) {
    if (names.put(name, value) != null) {
      throw bad(offset, "'" + name + "' is defined twice");
    }
  }

  /** What a name stands for, here or in the graphs around. */
  Optional<Imported> find(String name) {
    Imported own = names.get(name);
    if (own != null) {
      return Optional.of(own);
    }
    if (isolated) {
      return Optional.empty();
    }
    Optional<Imported> outer = parent.find(name);
    if (!inline && outer.isPresent() && outer.get() instanceof Computed(Value value)) {
      return Optional.of(new Computed(capture(name, value)));
    }
    return outer;
  }

  /** Makes a value of the graph around an input of this one. */
  Value capture(String name, Value outer) {
    if (captures.containsKey(name)) {
      return ((Computed) names.get(name)).value();
    }
    ValueType type = outer.type();
    Value input = builder.input(name, type.dtype(), type.dims().toArray(new Dim[0]));
    captures.put(name, outer);
    names.put(name, new Computed(input));
    carrying(List.of(input));
    return input;
  }

  /** Remembers which values have extents that depend on data. */
  List<Value> carrying(List<Value> values) {
    for (Value value : values) {
      for (Dim dim : value.type().dims()) {
        symbols(dim).forEach(symbol -> carriers.putIfAbsent(symbol, value));
      }
    }
    return values;
  }

  /** Values that have those of the extents that depend on data. */
  Value[] carriers(List<Dim> dims) {
    Set<Value> found = new LinkedHashSet<>();
    for (Dim dim : dims) {
      symbols(dim).forEach(symbol -> carrier(symbol).ifPresent(found::add));
    }
    return found.toArray(new Value[0]);
  }

  private Optional<Value> carrier(String symbol) {
    Value own = carriers.get(symbol);
    if (own != null || parent == null) {
      return Optional.ofNullable(own);
    }
    Optional<Value> outer = parent.carrier(symbol);
    return inline ? outer : outer.map(value -> capture("extents of " + value.name(), value));
  }

  private static List<String> symbols(Dim dim) {
    return switch (dim) {
      case Dim.Fixed _ -> List.of();
      case Dim.Symbol symbol -> symbol.dataDependent() ? List.of(symbol.name()) : List.of();
      case Dim.Affine affine ->
          affine.terms().stream()
              .map(Dim.Term::symbol)
              .filter(Dim.Symbol::dataDependent)
              .map(Dim.Symbol::name)
              .toList();
    };
  }

  /** Values of the graph around that this one reads, by name, in the order of its inputs. */
  Map<String, Value> captures() {
    return captures;
  }

  Imported named(String name, OnnxNode user) {
    return find(name)
        .orElseThrow(() ->
            bad(
                user.offset(),
                "node '%s' uses '%s', which no node before it gives: it is missing, or the graph has a cycle"
                    .formatted(user.label(), name)));
  }

  /** What a name stands for, as a value of the graph. */
  Value value(String name, Imported imported) {
    return switch (imported) {
      case Computed(Value value) -> value;
      case Known(Tensor tensor) -> constant(name, tensor);
      case Sizes sizes -> {
        Optional<Tensor> numbers = numbers(sizes);
        yield numbers.isPresent()
            ? constant(name, numbers.get())
            : constants.computeIfAbsent(name, key -> Extent.emit(this, key, sizes));
      }
    };
  }

  /** The name of an output is left to the node that gives it. */
  private Value constant(String name, Tensor tensor) {
    return constants.computeIfAbsent(
        name, key -> builder.constant(outputNames.contains(key) ? key + ".constant" : key, tensor));
  }

  /** Sizes without symbols, as numbers. */
  static Optional<Tensor> numbers(Sizes sizes) {
    long[] numbers = new long[sizes.sizes().size()];
    for (int i = 0; i < numbers.length; i++) {
      if (!(sizes.sizes().get(i) instanceof Size.Whole(long number))) {
        return Optional.empty();
      }
      numbers[i] = number;
    }
    Shape shape = sizes.scalar() ? Shape.of() : Shape.of((long) numbers.length);
    Tensor tensor = Tensor.ofLongs(shape, numbers);
    return Optional.of(
        sizes.dtype() == DType.I64 ? tensor : Folding.converted(tensor, sizes.dtype()));
  }

  Optional<ValueType> type(OnnxValueInfo info) {
    Optional<DType> dtype = ElementTypes.of(info.elementType());
    if (dtype.isEmpty() || info.dims().isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(new ValueType(dtype.get(), context.symbols().dims(info)));
  }

  /** The type that the file declares for a name. */
  Optional<ValueType> declared(String name) {
    return Optional.ofNullable(declared.get(name)).flatMap(this::type);
  }

  /** Marks the outputs of a graph; each is a value of its own. */
  List<Value> outputs(OnnxGraph graph) {
    return outputs(graph, false);
  }

  /**
   * Marks the outputs of a graph.
   *
   * @param condition whether the first one becomes a scalar, which a loop's condition is
   */
  List<Value> outputs(OnnxGraph graph, boolean condition) {
    Set<Integer> given = new HashSet<>();
    List<Value> all = new ArrayList<>();
    for (OnnxValueInfo output : graph.outputs()) {
      Imported known =
          find(output.name())
              .orElseThrow(
                  () -> bad(output.offset(), "no node gives the output '" + output.name() + "'"));
      Value value = value(output.name(), known);
      if (condition && all.isEmpty() && value.type().rank() > 0) {
        value = builder.node(output.name() + ".scalar", new Reshape(List.of()), value);
        given.add(value.id());
        builder.output(value);
        all.add(value);
        continue;
      }
      boolean input = builder.isInput(value);
      boolean own = value.name().equals(output.name()) && !constants.containsValue(value);
      if (!own || (input && parent != null) || !given.add(value.id())) {
        value = renamed(output, value);
      }
      builder.output(value);
      all.add(value);
    }
    return all;
  }

  /** An output that is another value under a second name. */
  private Value renamed(OnnxValueInfo output, Value value) {
    try {
      return builder.node(output.name(), new Reshape(value.type().dims()), value);
    } catch (GraphException e) {
      throw bad(output.offset(), "output '" + output.name() + "': " + e.getMessage());
    }
  }

  ModelFormatException bad(long offset, String what) {
    return context.bad(offset, what);
  }
}
