package dev.gatun.engine.compiled;

import dev.gatun.graph.Bindings;
import dev.gatun.graph.Dim;
import dev.gatun.graph.Graph;
import dev.gatun.graph.Value;
import dev.gatun.runtime.spi.BackendException;
import dev.gatun.runtime.spi.Batch;
import dev.gatun.runtime.spi.Buffer;
import dev.gatun.runtime.spi.HostBuffer;
import dev.gatun.runtime.spi.SessionOptions;
import dev.gatun.runtime.spi.ShapeProfile;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The buffers of a session's inputs, outputs and observed values; made when first needed. */
public final class SessionBuffers implements AutoCloseable {
  private final String device;
  private final SessionOptions options;
  private final List<ShapeProfile> profiles;
  private final Map<Integer, Value> known = new HashMap<>();
  private final Map<Integer, Buffer> buffers = new HashMap<>();
  private final List<Buffer> owned = new ArrayList<>();

  public SessionBuffers(
      String device,
      Graph graph,
      List<Value> outputs,
      SessionOptions options,
      List<ShapeProfile> profiles) {
    this.device = device;
    this.options = options;
    this.profiles = profiles;
    graph.inputs().forEach(value -> known.put(value.id(), value));
    outputs.forEach(value -> known.put(value.id(), value));
  }

  /** The buffer of a value: the bound one, or its own. */
  public Buffer get(Value value) {
    requireKnown(value);
    return buffers.computeIfAbsent(
        value.id(),
        id -> {
          Buffer made =
              value.type().dims().stream().anyMatch(Dim::dataDependent)
                  ? new GrowingBuffer(device)
                  : HostBuffer.allocate(device, largest(value));
          owned.add(made);
          return made;
        });
  }

  /** Takes another buffer from now on; it is borrowed. */
  public void bind(Value value, Buffer buffer) {
    requireKnown(value);
    buffers.put(value.id(), buffer);
  }

  /** Throws when a value is not one of the session's. */
  public void requireKnown(Value value) {
    if (!value.equals(known.get(value.id()))) {
      throw new BackendException(
          "'" + value + "' is neither input nor output nor observed: " + known.values());
    }
  }

  /** Bytes of a value at the largest sizes that profiles and options allow. */
  private long largest(Value value) {
    Bindings sizes = new Bindings();
    value.type().dims().forEach(dim -> limit(dim, sizes));
    return value.type().dtype().byteSize(sizes.shape(value.type()).elements());
  }

  private void limit(Dim dim, Bindings sizes) {
    switch (dim) {
      case Dim.Fixed _ -> {}
      case Dim.Symbol symbol -> {
        long option =
            switch (symbol.name()) {
              case Batch.TOKENS -> options.batch();
              case Batch.ROWS -> options.rows();
              default -> Long.MAX_VALUE;
            };
        long most = Math.min(option, profileLimit(symbol));
        sizes.putIfAbsent(Map.of(symbol.name(), Math.max(symbol.min(), most)));
      }
      case Dim.Affine affine -> affine.terms().forEach(term -> limit(term.symbol(), sizes));
    }
  }

  private long profileLimit(Dim.Symbol symbol) {
    long limit = 0;
    for (ShapeProfile profile : profiles) {
      ShapeProfile.Range range = profile.ranges().get(symbol.name());
      limit = Math.max(limit, range == null ? symbol.max() : range.max());
    }
    return profiles.isEmpty() ? symbol.max() : Math.min(limit, symbol.max());
  }

  @Override
  public void close() {
    owned.forEach(Buffer::close);
  }
}
