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
 * of rank 4 may be there with its channels last, as QNN's convolutions want it, as ONNX has it, or
 * both: what is missing is made when somebody asks for it.
 */
final class Scope {
  private static final List<Integer> TO_LAST = List.of(0, 2, 3, 1);
  private static final List<Integer> TO_FIRST = List.of(0, 3, 1, 2);

  private final Graph graph;
  private final LoweringOptions options;
  private final Emitter emit;
  private final Constants constants;
  private final List<Feed> feeds = new ArrayList<>();
  private final Map<Integer, QnnTensor> plain = new HashMap<>();
  private final Map<Integer, QnnTensor> channelsLast = new HashMap<>();

  Scope(Graph graph, LoweringOptions options) {
    this.graph = graph;
    this.options = options;
    emit = new Emitter(options.floats());
    constants = new Constants(emit);
  }

  Graph graph() {
    return graph;
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
    return Form.of(elements(value));
  }

  Optional<Constant> constant(Value value) {
    return graph.constant(value);
  }

  QnnTensor input(Node node, int index) {
    return value(node.input(index));
  }

  /** The value as ONNX has it. */
  QnnTensor value(Value value) {
    QnnTensor known = plain.get(value.id());
    if (known != null) {
      return known;
    }
    QnnTensor made;
    if (channelsLast.containsKey(value.id())) {
      made = emit.transpose(channelsLast.get(value.id()), TO_FIRST);
    } else {
      made =
          constant(value)
              .map(constant -> constants.plain(constant, form(value), dims(value)))
              .orElseGet(() -> feed(value));
    }
    plain.put(value.id(), made);
    return made;
  }

  private QnnTensor feed(Value value) {
    if (value.type().dtype().isBlocked()) {
      throw new Refused("'%s' is %s and no constant".formatted(value.name(), value.type().dtype()));
    }
    QnnTensor made = QnnTensor.of(value.name(), Role.INPUT, elements(value), dims(value));
    feeds.add(new Feed.Input(made, value));
    return made;
  }

  /** The value of rank 4 with channels last. */
  QnnTensor channelsLast(Value value) {
    QnnTensor known = channelsLast.get(value.id());
    if (known != null) {
      return known;
    }
    Optional<Constant> constant = constant(value);
    QnnTensor made =
        constant.isPresent()
            ? constants.permuted(constant.get(), form(value), dims(value), 0, 2, 3, 1)
            : emit.transpose(value(value), TO_LAST);
    channelsLast.put(value.id(), made);
    return made;
  }

  /** Whether the value is there with channels last, and not as ONNX has it. */
  boolean isChannelsLast(Value value) {
    return channelsLast.containsKey(value.id()) && !plain.containsKey(value.id());
  }

  void put(Value value, QnnTensor made) {
    plain.put(value.id(), made);
  }

  void putChannelsLast(Value value, QnnTensor made) {
    channelsLast.put(value.id(), made);
  }
}
