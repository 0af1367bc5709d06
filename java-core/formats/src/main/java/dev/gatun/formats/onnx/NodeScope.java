package dev.gatun.formats.onnx;

import dev.gatun.formats.ModelFormatException;
import dev.gatun.formats.onnx.Imported.Computed;
import dev.gatun.formats.onnx.Imported.Known;
import dev.gatun.formats.onnx.Imported.Size;
import dev.gatun.formats.onnx.Imported.Sizes;
import dev.gatun.graph.Dim;
import dev.gatun.graph.GraphBuilder;
import dev.gatun.graph.GraphException;
import dev.gatun.graph.Value;
import dev.gatun.graph.ValueType;
import dev.gatun.graph.op.Array;
import dev.gatun.graph.op.Extents;
import dev.gatun.graph.op.Op;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One node of an ONNX model and what its importer needs: inputs, attributes, the graph so far. */
final class NodeScope {
  /** Most integers that are looked at as sizes: more is data. */
  private static final int MAX_SIZES = 64;

  /** Largest extent where nothing bounds it. */
  private static final long MAX_EXTENT = 1L << 31;

  private final GraphImporter graph;
  private final GraphBuilder builder;
  private final OnnxNode node;

  NodeScope(GraphImporter graph, GraphBuilder builder, OnnxNode node) {
    this.graph = graph;
    this.builder = builder;
    this.node = node;
  }

  OnnxNode node() {
    return node;
  }

  /** Version of the standard operators. */
  long opset() {
    return graph.opset();
  }

  GraphImporter graph() {
    return graph;
  }

  /** Whether the node gives an output of this number that has a name. */
  boolean wants(int output) {
    return output < node.outputs().size() && !node.outputs().get(output).isEmpty();
  }

  int inputs() {
    return node.inputs().size();
  }

  boolean has(int input) {
    return input < inputs() && !node.inputs().get(input).isEmpty();
  }

  Imported input(int input) {
    if (!has(input)) {
      throw bad("lacks input " + input);
    }
    return graph.named(node.inputs().get(input), node);
  }

  /** An input as a value of the graph. */
  Value value(int input) {
    Imported imported = input(input);
    return graph.value(node.inputs().get(input), imported);
  }

  /** An input as a value of the graph; absent when the node lacks it. */
  Value optional(int input) {
    return has(input) ? value(input) : Value.ABSENT;
  }

  ValueType type(int input) {
    return switch (input(input)) {
      case Computed(Value value) -> value.type();
      case Known(Tensor tensor) -> ValueType.of(tensor.dtype(), tensor.shape());
      case Sizes sizes ->
          ValueType.of(
              sizes.dtype(), sizes.scalar() ? Shape.of() : Shape.of((long) sizes.sizes().size()));
    };
  }

  /** The numbers of an input that are known. */
  Optional<Tensor> constant(int input) {
    return switch (input(input)) {
      case Known(Tensor tensor) -> Optional.of(tensor);
      case Sizes sizes -> GraphImporter.numbers(sizes);
      case Computed computed -> Optional.empty();
    };
  }

  /** The known integers of an input; empty when it is absent or they are computed. */
  Optional<List<Long>> known(int input) {
    return has(input) ? constant(input).map(NodeScope::longs) : Optional.empty();
  }

  private static List<Long> longs(Tensor tensor) {
    List<Long> list = new ArrayList<>();
    for (double number : Array.of(tensor).values()) {
      list.add((long) number);
    }
    return list;
  }

  /** The known numbers of an input, which the import needs. */
  double[] numbers(int input, String what) {
    Tensor tensor =
        constant(input)
            .orElseThrow(() -> unsupported("its " + what + " are computed, not constant"));
    return Array.of(tensor).values();
  }

  /** An input as sizes, when its integers are known or extents. */
  Optional<Sizes> sizes(int input) {
    return switch (input(input)) {
      case Sizes sizes -> Optional.of(sizes);
      case Known(Tensor tensor) -> sizes(tensor);
      case Computed computed -> Optional.empty();
    };
  }

  private static Optional<Sizes> sizes(Tensor tensor) {
    boolean whole = tensor.dtype() == DType.I64 || tensor.dtype() == DType.I32;
    if (!whole || tensor.shape().rank() > 1 || tensor.shape().elements() > MAX_SIZES) {
      return Optional.empty();
    }
    List<Size> sizes = new ArrayList<>();
    for (double number : Array.of(tensor).values()) {
      sizes.add(new Size.Whole((long) number));
    }
    return Optional.of(new Sizes(sizes, tensor.shape().rank() == 0, tensor.dtype()));
  }

  long integer(String attribute, long otherwise) {
    return switch (node.attributes().get(attribute)) {
      case null -> otherwise;
      case OnnxAttribute.Int(long value) -> value;
      default -> throw bad("has an attribute '" + attribute + "' that is no integer");
    };
  }

  float real(String attribute, float otherwise) {
    return switch (node.attributes().get(attribute)) {
      case null -> otherwise;
      case OnnxAttribute.Real(float value) -> value;
      default -> throw bad("has an attribute '" + attribute + "' that is no number");
    };
  }

  String text(String attribute, String otherwise) {
    return switch (node.attributes().get(attribute)) {
      case null -> otherwise;
      case OnnxAttribute.Text(String value) -> value;
      default -> throw bad("has an attribute '" + attribute + "' that is no text");
    };
  }

  boolean flag(String attribute, boolean otherwise) {
    return integer(attribute, otherwise ? 1 : 0) != 0;
  }

  List<Double> reals(String attribute) {
    return switch (node.attributes().get(attribute)) {
      case null -> List.of();
      case OnnxAttribute.Floats(List<Float> values) ->
          values.stream().map(Float::doubleValue).toList();
      default -> throw bad("has an attribute '" + attribute + "' that is no list of numbers");
    };
  }

  OnnxGraph body(String attribute) {
    return switch (node.attributes().get(attribute)) {
      case OnnxAttribute.OfGraph(OnnxGraph body) -> body;
      case null, default -> throw bad("has no graph '" + attribute + "'");
    };
  }

  Optional<List<Long>> integers(String attribute) {
    return switch (node.attributes().get(attribute)) {
      case null -> Optional.empty();
      case OnnxAttribute.Ints(List<Long> values) -> Optional.of(values);
      default -> throw bad("has an attribute '" + attribute + "' that is no list of integers");
    };
  }

  /** Integers that are an attribute up to some operator set and an input from it on. */
  Optional<List<Long>> integers(String attribute, int input) {
    if (!has(input)) {
      return integers(attribute);
    }
    List<Long> list = new ArrayList<>();
    for (double number : numbers(input, attribute)) {
      list.add((long) number);
    }
    return Optional.of(list);
  }

  /** An axis from 0, of one that may count from the end. */
  int axis(long axis, int rank) {
    if (axis < -rank || axis >= rank) {
      throw bad("has axis %d of %d dimensions".formatted(axis, rank));
    }
    return (int) (axis < 0 ? axis + rank : axis);
  }

  /** Adds a node that computes the only output. */
  List<Imported> result(Op op, Value... inputs) {
    return List.of(new Computed(emit(first(), op, inputs)));
  }

  /** Adds a node that computes all outputs. */
  List<Imported> results(Op op, Value... inputs) {
    return nodes(op, List.of(inputs)).stream().<Imported>map(Computed::new).toList();
  }

  List<Value> nodes(Op op, List<Value> inputs) {
    try {
      String name = node.name().isEmpty() ? first() : node.name();
      return graph.carrying(builder.nodes(name, op, inputs, node.outputs()));
    } catch (GraphException | ArithmeticException e) {
      throw failed(e);
    }
  }

  /** Adds a node that computes output {@code index}. */
  Imported output(int index, Op op, Value... inputs) {
    String name = node.outputs().get(index);
    return new Computed(emit(name.isEmpty() ? first() + "." + index : name, op, inputs));
  }

  /** Adds a node on the way. */
  Value step(String suffix, Op op, Value... inputs) {
    return emit(first() + "." + suffix, op, inputs);
  }

  /** Sizes of extents as a value. */
  Value extents(String suffix, List<Dim> dims) {
    return step(suffix, new Extents(dims, false), graph.carriers(dims));
  }

  /** The size of one extent as a number without dimensions. */
  Value extent(String suffix, Dim dim) {
    return step(suffix, new Extents(List.of(dim), true), graph.carriers(List.of(dim)));
  }

  /** The name of the first output, or what stands for it. */
  String first() {
    return node.outputs().stream().filter(name -> !name.isEmpty()).findFirst().orElse("node");
  }

  private Value emit(String name, Op op, Value... inputs) {
    try {
      return graph.carrying(List.of(builder.node(name, op, inputs))).getFirst();
    } catch (GraphException | ArithmeticException e) {
      throw failed(e);
    }
  }

  private ModelFormatException failed(RuntimeException e) {
    return new ModelFormatException(
        graph.file(),
        node.offset(),
        "node '%s' (%s): %s".formatted(node.label(), node.type(), e.getMessage()),
        e);
  }

  /**
   * Checks that an extent is no quotient, so that it can be multiplied: a quotient of a symbol asks
   * for a multiple of it.
   */
  void requireSum(Dim dim) {
    if (dim instanceof Dim.Affine(List<Dim.Term> terms, _, long divisor) && divisor != 1) {
      if (terms.size() != 1) {
        throw unsupported("it multiplies the extent " + dim);
      }
      throw new SymbolMultiple(terms.getFirst().symbol().name(), divisor);
    }
  }

  /** A new extent of the first output that is known only when the node has run. */
  Dim unknown(String what, long max) {
    // A value without elements may have any extents beside the empty one.
    return graph.context().unknown(first() + "." + what, 0, max == 0 ? MAX_EXTENT : max);
  }

  /** As many new extents as there are axes. */
  List<Dim> unknowns(int rank, long max) {
    List<Dim> dims = new ArrayList<>();
    for (int axis = 0; axis < rank; axis++) {
      dims.add(unknown(Integer.toString(axis), max));
    }
    return dims;
  }

  /** Adds a constant. */
  Value constant(String suffix, Tensor tensor) {
    return builder.constant(first() + "." + suffix, tensor);
  }

  /** One F32 number without dimensions. */
  Value scalar(String suffix, float x) {
    return constant(suffix, Tensor.ofFloats(Shape.of(), x));
  }

  /** One number of a dtype, without dimensions. */
  Value scalar(String suffix, DType dtype, double x) {
    return constant(suffix, Folding.tensor(new Array(dtype, Shape.of(), x)));
  }

  /** Integers in one dimension. */
  Value longs(String suffix, List<Long> numbers) {
    long[] array = numbers.stream().mapToLong(Long::longValue).toArray();
    return constant(suffix, Tensor.ofLongs(Shape.of((long) array.length), array));
  }

  /** The file is wrong. */
  ModelFormatException bad(String what) {
    return new ModelFormatException(
        graph.file(),
        node.offset(),
        "node '%s' (%s) %s".formatted(node.label(), node.type(), what));
  }

  /** The file may be right, but Gatun cannot read it. */
  ModelFormatException unsupported(String why) {
    return new ModelFormatException(
        graph.file(),
        node.offset(),
        "node '%s' (%s) cannot be imported: %s".formatted(node.label(), node.type(), why));
  }

  /** A size that bounds a symbol; the import starts again with the bound. */
  SymbolBound bound(String symbol, long max) {
    return new SymbolBound(symbol, max);
  }
}
