package dev.gatun.runtime.session;

import dev.gatun.graph.Dim;
import dev.gatun.graph.Graph;
import dev.gatun.graph.Value;
import dev.gatun.runtime.spi.Batch;
import dev.gatun.runtime.spi.Buffer;
import dev.gatun.runtime.spi.HostBuffer;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One value of a session that its user reads: shows the device's buffer where the host can address
 * it, else a copy, and collects the rows of batches that ran in parts.
 */
final class Outputs implements AutoCloseable {
  private final List<Source> sources = new ArrayList<>();

  /** Where one value comes from. */
  private static final class Source {
    final RowOutput output;
    final Limits.Leading leading;
    final Value value;
    final Buffer buffer;
    final MemorySegment view;
    HostBuffer own;
    int rows;

    Source(RowOutput output, Limits.Leading leading, Value value, Buffer buffer) {
      this.output = output;
      this.leading = leading;
      this.value = value;
      this.buffer = buffer;
      this.view = buffer.hostView().orElse(null);
    }

    int rowCount(Batch batch, Map<String, Long> sizes) {
      if (leading != Limits.Leading.OTHER) {
        return leading.count(batch);
      }
      return Math.toIntExact(value.type().resolve(sizes).elements() / output.columns());
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

  /** Adds a value of the whole graph, read from {@code buffer}. */
  RowOutput add(Graph whole, Value value, Buffer buffer) {
    Limits.Leading leading = Limits.Leading.of(whole, value);
    int rank = value.type().rank();
    int from = leading == Limits.Leading.OTHER ? Math.max(rank - 1, 0) : 1;
    long columns = 1;
    for (Dim dim : value.type().dims().subList(from, rank)) {
      if (!(dim instanceof Dim.Fixed(long size))) {
        throw new IllegalArgumentException(value + " has rows of varying length");
      }
      columns = Math.multiplyExact(columns, size);
    }
    RowOutput output = new RowOutput(value.name(), value.type().dtype(), Math.toIntExact(columns));
    sources.add(new Source(output, leading, value, buffer));
    return output;
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

  /** Shows what one whole submission computed; host-visible buffers need not be done yet. */
  void showWhole(Batch batch, Map<String, Long> sizes) {
    for (int i = 0; i < sources.size(); i++) {
      Source source = sources.get(i);
      int rows = source.rowCount(batch, sizes);
      if (source.view != null) {
        source.output.show(source.view, rows);
      } else {
        long bytes = rows * source.output.rowBytes();
        MemorySegment memory = source.own(bytes, 0);
        source.buffer.read(0, memory.asSlice(0, bytes)).await();
        source.output.show(memory, rows);
      }
    }
  }

  /** Whether reading needs a copy from the device, for which its work must be done. */
  boolean needCopy() {
    for (int i = 0; i < sources.size(); i++) {
      if (sources.get(i).view == null) {
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
