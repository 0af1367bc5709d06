package dev.gatun.qnnbackend.lower;

import dev.gatun.graph.Constant;
import dev.gatun.graph.Dim;
import dev.gatun.graph.Graph;
import dev.gatun.graph.GraphException;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.qnn.Elements;
import dev.gatun.qnn.QnnTensor;
import dev.gatun.qnn.QnnTensor.Role;
import dev.gatun.tensor.DType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What lowerings of nodes share: the graph, sizes, and the tensors that values have become. A value
 * of rank 4 may be there with its channels last, as QNN's convolutions want it, or as ONNX has it;
 * any value in floating point, or as codes where the model says which. What is missing is made when
 * somebody asks for it.
 */
final class Scope {
  private static final List<Integer> TO_LAST = List.of(0, 2, 3, 1);
  private static final List<Integer> TO_FIRST = List.of(0, 3, 1, 2);

  private final CodedGraph coded;
  private final LoweringOptions options;
  private final Emitter emit;
  private final Constants constants;
  private final Codes codes = new Codes();
  private final List<Feed> feeds = new ArrayList<>();
  private final Map<View, QnnTensor> views = new HashMap<>();
  private Optional<CodeRules.Mode> mode = Optional.empty();

  /** One of the forms that a value may be there in. */
  private record View(int id, boolean last, boolean coded) {
    View transposed() {
      return new View(id, !last, coded);
    }

    View converted() {
      return new View(id, last, !coded);
    }
  }

  Scope(CodedGraph coded, LoweringOptions options) {
    this.coded = coded;
    this.options = options;
    emit = new Emitter(options.floats());
    constants = new Constants(emit);
  }

  /** The graph that is lowered: without pairs of QuantizeLinear and DequantizeLinear. */
  Graph graph() {
    return coded.graph();
  }

  CodedGraph coded() {
    return coded;
  }

  LoweringOptions options() {
    return options;
  }

  Emitter emit() {
    return emit;
  }

  Constants constants() {
    return constants;
  }

  List<Feed> feeds() {
    return feeds;
  }

  /** Values are given as codes from here on, constants with these; or in floating point again. */
  void mode(Optional<CodeRules.Mode> how) {
    mode = how;
  }

  /** Whether values are given as codes. */
  boolean inCodes() {
    return mode.isPresent();
  }

  /** Whether the model has any. */
  boolean hasCodes() {
    return coded.hasCodes();
  }

  /** The codes of a value that is no constant: those that it is there in, or shall be. */
  Optional<Form> codes(Value value) {
    for (boolean last : new boolean[] {false, true}) {
      QnnTensor known = views.get(new View(value.id(), last, true));
      if (known != null) {
        return Optional.of(Form.of(known));
      }
    }
    return constant(value).isPresent() ? Optional.empty() : coded.form(value);
  }

  boolean isOnlyCodes(Value value) {
    return coded.isOnlyCodes(value);
  }

  /**
   * The codes of a weight; empty when it is none of 8-bit or 4-bit codes.
   *
   * @param axis of the constant, each index of which has a scale
   * @param placed the same axis of the tensor that it becomes
   */
  Optional<Form> weights(Constant constant, int axis, int placed) {
    return codes.weights(constant, axis, placed);
  }

  /** Extents of a value; a scalar has one of 1. */
  List<Integer> dims(Value value) {
    if (value.type().rank() == 0) {
      return List.of(1);
    }
    return value.type().dims().stream().map(dim -> size(value, dim)).toList();
  }

  /** The size of an extent of a value. */
  int size(Value value, Dim dim) {
    if (dim.dataDependent()) {
      throw new Refused("'%s' has the extent %s, which data decide".formatted(value.name(), dim));
    }
    long size;
    try {
      size = dim.resolve(options.sizes());
    } catch (GraphException e) {
      throw new Refused("'%s': %s".formatted(value.name(), e.getMessage()));
    }
    if (size < 1 || size > Integer.MAX_VALUE) {
      throw new Refused("'%s' has the extent %d".formatted(value.name(), size));
    }
    return (int) size;
  }

  /** What elements of a dtype become. */
  Elements elements(Value value) {
    DType dtype = value.type().dtype();
    if (dtype == DType.STRING || dtype == DType.U64) {
      throw new Refused("'%s' is %s".formatted(value.name(), dtype));
    }
    if (dtype == DType.BOOL) {
      return Elements.BOOL;
    }
    return dtype.isFloat() || dtype.isBlocked() ? options.floats() : Elements.I32;
  }

  Form form(Value value) {
    Form plain = Form.of(elements(value));
    if (mode.isEmpty() || !plain.equals(emit.floats())) {
      return plain;
    }
    return constant(value)
        .map(constant ->
            mode.get().constants().orElseGet(() -> Codes.whole(constant, mode.get().elements())))
        .or(() -> codes(value))
        .orElse(plain);
  }

  Optional<Constant> constant(Value value) {
    return graph().constant(value);
  }

  QnnTensor input(Node node, int index) {
    return value(node.input(index));
  }

  /** The value as ONNX has it. */
  QnnTensor value(Value value) {
    return view(value, false);
  }

  /** The value of rank 4 with channels last. */
  QnnTensor channelsLast(Value value) {
    return view(value, true);
  }

  private QnnTensor view(Value value, boolean last) {
    Form form = form(value);
    Optional<Constant> constant = constant(value);
    if (constant.isPresent() && form.elements().isCoded()) {
      // Another node may want other codes.
      return made(constant.get(), form, last);
    }
    View wanted = new View(value.id(), last, form.elements().isCoded());
    QnnTensor known = views.get(wanted);
    if (known == null) {
      known = constant.isPresent() ? made(constant.get(), form, last) : derived(value, wanted);
      views.put(wanted, known);
    }
    return known;
  }

  private QnnTensor made(Constant constant, Form form, boolean last) {
    List<Integer> dims = dims(constant.value());
    return last
        ? constants.permuted(constant, form, dims, 0, 2, 3, 1)
        : constants.plain(constant, form, dims);
  }

  /** From another form that is there; else from the graph's input. */
  private QnnTensor derived(Value value, View wanted) {
    QnnTensor other = views.get(wanted.transposed());
    if (other != null) {
      return transposed(other, wanted);
    }
    other = views.get(wanted.converted());
    if (other != null) {
      return converted(other, value, wanted);
    }
    other = views.get(wanted.converted().transposed());
    if (other != null) {
      QnnTensor converted = converted(other, value, wanted);
      views.put(wanted.transposed(), converted);
      return transposed(converted, wanted);
    }
    QnnTensor fed = feed(value);
    views.put(new View(value.id(), false, false), fed);
    return wanted.last || wanted.coded ? derived(value, wanted) : fed;
  }

  private QnnTensor transposed(QnnTensor other, View wanted) {
    return emit.transpose(other, wanted.last ? TO_LAST : TO_FIRST);
  }

  private QnnTensor converted(QnnTensor other, Value value, View wanted) {
    return wanted.coded
        ? emit.unary("Quantize", codes(value).orElseThrow(), other)
        : emit.unary("Dequantize", emit.floats(), other);
  }

  private QnnTensor feed(Value value) {
    if (value.type().dtype().isBlocked()) {
      throw new Refused("'%s' is %s and no constant".formatted(value.name(), value.type().dtype()));
    }
    QnnTensor made = QnnTensor.of(value.name(), Role.INPUT, elements(value), dims(value));
    feeds.add(new Feed.Input(made, coded.originalInput(value)));
    return made;
  }

  /** Whether the value is there with channels last, and not as ONNX has it. */
  boolean isChannelsLast(Value value) {
    return isThere(value, true) && !isThere(value, false);
  }

  private boolean isThere(Value value, boolean last) {
    return views.containsKey(new View(value.id(), last, false))
        || views.containsKey(new View(value.id(), last, true));
  }

  void put(Value value, QnnTensor made) {
    put(value, made, false);
  }

  void putChannelsLast(Value value, QnnTensor made) {
    put(value, made, true);
  }

  private void put(Value value, QnnTensor made, boolean last) {
    views.put(new View(value.id(), last, made.elements().isCoded()), made);
  }
}
