package dev.gatun.runtime.session;

import dev.gatun.graph.Dim;
import dev.gatun.graph.Graph;
import dev.gatun.graph.Value;
import dev.gatun.runtime.spi.Batch;
import dev.gatun.runtime.spi.Buffer;
import dev.gatun.runtime.spi.ExecutableSession;
import dev.gatun.runtime.spi.HostBuffer;
import dev.gatun.runtime.spi.Largest;
import dev.gatun.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One value of a session that its user reads: shows the device's buffer where the host can address
 * it, else a copy that is made when somebody reads it, and collects the rows of batches that ran in
 * parts.
 */
final class Outputs implements AutoCloseable {
  private final List<Source> sources = new ArrayList<>();

  /** Where one value comes from. */
  private static final class Source implements RowOutput.Distant {
    final RowOutput output;
    final Limits.Leading leading;
    final Value value;
    final Value made;
    final ExecutableSession session;
    final boolean dependsOnData;
    Buffer buffer;
    MemorySegment view;
    HostBuffer own;
    int rows;
    long distantBytes;

    Source(
        RowOutput output,
        Limits.Leading leading,
        Value value,
        Value made,
        ExecutableSession session) {
      this.output = output;
      this.leading = leading;
      this.value = value;
      this.made = made;
      this.session = session;
      dependsOnData = value.type().dims().stream().anyMatch(Dim::dataDependent);
      find();
    }

    void find() {
      buffer = session.buffer(made);
      view = buffer.hostView().orElse(null);
    }

    /** Shows what the host cannot address. */
    void showDistant(Batch batch, Map<String, Long> sizes) {
      distantBytes = bytes(batch, sizes);
      show(MemorySegment.NULL, batch, sizes);
      output.show(this);
    }

    @Override
    public MemorySegment fetch() {
      MemorySegment memory = own(distantBytes, 0);
      buffer.read(0, memory.asSlice(0, distantBytes)).await();
      return memory;
    }

    @Override
    public boolean largest(long offset, int count, Largest result) {
      return buffer.largest(offset, count, result);
    }

    void show(MemorySegment memory, Batch batch, Map<String, Long> sizes) {
      if (leading != Limits.Leading.OTHER) {
        output.show(memory, leading.count(batch));
        return;
      }
      Shape shape = dependsOnData ? session.shape(made) : value.type().resolve(sizes);
      int columns = Math.toIntExact(shape.rank() == 0 ? 1 : shape.dim(-1));
      int count = columns == 0 ? 0 : Math.toIntExact(shape.elements() / columns);
      output.show(memory, count, columns);
    }

    long bytes(Batch batch, Map<String, Long> sizes) {
      if (leading != Limits.Leading.OTHER) {
        return leading.count(batch) * output.rowBytes();
      }
      Shape shape = dependsOnData ? session.shape(made) : value.type().resolve(sizes);
      return value.type().dtype().byteSize(shape.elements());
    }

    /** Host memory of at least this size, with the first {@code keep} bytes kept. */
    MemorySegment own(long bytes, long keep) {
      if (own == null || own.size() < bytes) {
        HostBuffer larger = HostBuffer.allocate(buffer.device(), Math.max(bytes, 2 * keep));
        if (own != null) {
          larger.write(0, own.hostView().orElseThrow().asSlice(0, keep));
          own.close();
        }
        own = larger;
      }
      return own.hostView().orElseThrow();
    }
  }

  /**
   * Adds a value of the whole graph.
   *
   * @param made the same value in the slice that computes it
   * @param session that slice's session
   */
  RowOutput add(Graph whole, Value value, Value made, ExecutableSession session) {
    Limits.Leading leading = Limits.Leading.of(whole, value);
    int rank = value.type().rank();
    int from = leading == Limits.Leading.OTHER ? Math.max(rank - 1, 0) : 1;
    long columns = 1;
    for (Dim dim : value.type().dims().subList(from, rank)) {
      columns = dim instanceof Dim.Fixed(long size) ? Math.multiplyExact(columns, size) : 0;
    }
    RowOutput output =
        new RowOutput(
            value.name(),
            value.type().dtype(),
            Math.toIntExact(columns),
            leading == Limits.Leading.OTHER
                ? _ -> session.shape(made)
                : rows -> rowsShape(value, rows));
    sources.add(new Source(output, leading, value, made, session));
    return output;
  }

  private static Shape rowsShape(Value value, int rows) {
    long[] dims = new long[value.type().rank()];
    dims[0] = rows;
    for (int axis = 1; axis < dims.length; axis++) {
      dims[axis] = value.type().dim(axis).max();
    }
    return Shape.of(dims);
  }

  /** Whether some row count needs the sizes of all symbols. */
  boolean needSizes() {
    for (int i = 0; i < sources.size(); i++) {
      if (sources.get(i).leading == Limits.Leading.OTHER) {
        return true;
      }
    }
    return false;
  }

  /**
   * Shows what one whole submission computed; need not be done yet unless {@link #needDone}.
   *
   * @param sizes of the symbols of the graph's inputs, when {@link #needSizes}
   */
  void showWhole(Batch batch, Map<String, Long> sizes) {
    for (int i = 0; i < sources.size(); i++) {
      Source source = sources.get(i);
      if (source.dependsOnData) {
        source.find();
      }
      if (source.view != null) {
        source.show(source.view, batch, sizes);
      } else {
        source.showDistant(batch, sizes);
      }
    }
  }

  /** Whether the device must be done before its results are shown: only then they have a size. */
  boolean needDone() {
    for (int i = 0; i < sources.size(); i++) {
      if (sources.get(i).dependsOnData) {
        return true;
      }
    }
    return false;
  }

  /**
   * Checks that every value can be collected from parts of a batch.
   *
   * @throws IllegalArgumentException naming the first that cannot
   */
  void startParts() {
    for (Source source : sources) {
      if (source.leading == Limits.Leading.OTHER) {
        throw new IllegalArgumentException(
            source.value
                + " cannot be collected from a batch that runs in parts; submit fewer tokens");
      }
    }
    for (Source source : sources) {
      source.rows = 0;
    }
  }

  /** Appends the rows of one part, which is done. */
  void append(Batch part) {
    for (Source source : sources) {
      int rows = source.leading.count(part);
      long have = source.rows * source.output.rowBytes();
      long bytes = rows * source.output.rowBytes();
      MemorySegment memory = source.own(have + bytes, have);
      source.buffer.read(0, memory.asSlice(have, bytes)).await();
      source.rows += rows;
      source.output.show(memory, source.rows);
    }
  }

  @Override
  public void close() {
    for (Source source : sources) {
      if (source.own != null) {
        source.own.close();
      }
      source.output.show(MemorySegment.NULL, 0);
    }
  }
}
