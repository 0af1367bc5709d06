package dev.gatun.testkit.device;

import dev.gatun.graph.Bindings;
import dev.gatun.graph.Dim;
import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Array;
import dev.gatun.runtime.spi.BackendException;
import dev.gatun.runtime.spi.Batch;
import dev.gatun.runtime.spi.Buffer;
import dev.gatun.runtime.spi.SessionOptions;
import dev.gatun.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongFunction;

/** The buffers of a session's inputs, outputs and observed values; made when first needed. */
final class Buffers implements AutoCloseable {
  private final Map<Integer, Value> known = new HashMap<>();
  private final Map<Integer, Buffer> buffers = new HashMap<>();
  private final Map<Integer, Shape> shapes = new HashMap<>();
  private final List<Buffer> owned = new ArrayList<>();
  private final Map<String, Long> limits;
  private final LongFunction<Buffer> allocate;

  Buffers(Graph graph, Set<String> observe, SessionOptions options, LongFunction<Buffer> allocate) {
    this.allocate = allocate;
    limits = Map.of(Batch.TOKENS, (long) options.batch(), Batch.ROWS, (long) options.rows());
    graph.inputs().forEach(this::know);
    graph.outputs().forEach(this::know);
    for (Node node : graph.nodes()) {
      node.outputs().stream().filter(value -> observe.contains(value.name())).forEach(this::know);
    }
  }

  private void know(Value value) {
    known.put(value.id(), value);
  }

  Buffer get(Value value) {
    requireKnown(value);
    return buffers.computeIfAbsent(
        value.id(),
        id -> {
          Buffer made = allocate.apply(largest(value));
          owned.add(made);
          return made;
        });
  }

  /** Puts a result into the value's buffer. */
  void store(Value value, Array result) {
    Transfer.store(value, result, get(value));
    shapes.put(value.id(), result.shape());
  }

  /** Shape of what was stored last. */
  Shape shape(Value value) {
    requireKnown(value);
    Shape shape = shapes.get(value.id());
    if (shape == null) {
      throw new BackendException("'" + value.name() + "' has not been computed");
    }
    return shape;
  }

  void bind(Value value, Buffer buffer) {
    requireKnown(value);
    buffers.put(value.id(), buffer);
  }

  private void requireKnown(Value value) {
    if (!value.equals(known.get(value.id()))) {
      throw new BackendException(
          "'" + value + "' is neither input nor output nor observed: " + known.values());
    }
  }

  /** Bytes of a value at the largest sizes that the session allows. */
  private long largest(Value value) {
    Bindings sizes = new Bindings();
    value.type().dims().forEach(dim -> limit(dim, sizes));
    return value.type().dtype().byteSize(sizes.shape(value.type()).elements());
  }

  private void limit(Dim dim, Bindings sizes) {
    switch (dim) {
      case Dim.Fixed _ -> {}
      case Dim.Symbol symbol -> {
        long most = Math.min(symbol.max(), limits.getOrDefault(symbol.name(), symbol.max()));
        sizes.putIfAbsent(Map.of(symbol.name(), Math.max(symbol.min(), most)));
      }
      case Dim.Affine affine -> affine.terms().forEach(term -> limit(term.symbol(), sizes));
    }
  }

  @Override
  public void close() {
    owned.forEach(Buffer::close);
  }
}
