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
    return graph.value(node.inputs().get(input), imported, node);
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
              DType.I64, sizes.scalar() ? Shape.of() : Shape.of((long) sizes.sizes().size()));
    };
  }

  /** The numbers of an input that are known. */
  Optional<Tensor> constant(int input) {
    return switch (input(input)) {
      case Known(Tensor tensor) -> Optional.of(tensor);
      case Sizes sizes -> graph.numbers(sizes);
      case Computed computed -> Optional.empty();
    };
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
    return Optional.of(new Sizes(sizes, tensor.shape().rank() == 0));
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
    return List.of(new Computed(emit(node.outputs().getFirst(), op, inputs)));
  }

  /** Adds a node that computes all outputs. */
  List<Imported> results(Op op, Value... inputs) {
    try {
      String name = node.outputs().getFirst() + "." + op.type();
      return builder.nodes(name, op, List.of(inputs)).stream()
          .<Imported>map(Computed::new)
          .toList();
    } catch (GraphException e) {
      throw failed(e);
    }
  }

  /** Adds a node that computes output {@code index}. */
  Imported output(int index, Op op, Value... inputs) {
    return new Computed(emit(node.outputs().get(index), op, inputs));
  }

  /** Adds a node on the way. */
  Value step(String suffix, Op op, Value... inputs) {
    return emit(node.outputs().getFirst() + "." + suffix, op, inputs);
  }

  private Value emit(String name, Op op, Value... inputs) {
    try {
      return builder.node(name, op, inputs);
    } catch (GraphException e) {
      throw failed(e);
    }
  }

  private ModelFormatException failed(GraphException e) {
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

  /** Adds a constant. */
  Value constant(String suffix, Tensor tensor) {
    return builder.constant(node.outputs().getFirst() + "." + suffix, tensor);
  }

  /** One F32 number without dimensions. */
  Value scalar(String suffix, float x) {
    return constant(suffix, Tensor.ofFloats(Shape.of(), x));
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
