package dev.gatun.engine.compiled;

import dev.gatun.graph.Bindings;
import dev.gatun.graph.Value;
import dev.gatun.runtime.spi.BackendException;
import dev.gatun.runtime.spi.Batch;
import dev.gatun.runtime.spi.Buffer;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.IntUnaryOperator;

/**
 * One input of a session, for a part of a batch. Native memory that fits is used where it lies;
 * what lies on the heap, or scattered, is copied. One thread at a time.
 */
public final class SpanInput implements AutoCloseable {
  private final Value value;
  private final IndexLimit limit;
  private final Staging staging = new Staging();

  public SpanInput(Value value, IndexLimit limit) {
    this.value = value;
    this.limit = limit;
  }

  /**
   * The part's elements, dense, in native memory; valid until the next call.
   *
   * @param sizes of the part
   * @param buffer the session's, for an input that the batch does not name
   * @throws BackendException when there are too few bytes, or an index lies outside
   */
  public MemorySegment read(Batch batch, Span span, Bindings sizes, Buffer buffer) {
    Shape shape = sizes.shape(value.type());
    long bytes = value.type().dtype().byteSize(shape.elements());
    MemorySegment memory = source(batch, span, bytes, buffer);
    limit.check(value, memory, shape.elements());
    return memory;
  }

  private MemorySegment source(Batch batch, Span span, long bytes, Buffer buffer) {
    Tensor given = batch.tensor(value.name());
    if (given == null && batch.size() > 0) {
      switch (value.name()) {
        case Batch.TOKENS -> {
          return integers(span.size(), i -> batch.token(span.token(i)));
        }
        case Batch.POSITIONS -> {
          return integers(span.size(), i -> batch.position(span.token(i)));
        }
        case Batch.SEQUENCES -> {
          return integers(span.size(), i -> batch.sequence(span.token(i)));
        }
        case Batch.ROWS -> {
          return integers(span.rowCount(), span::rowToken);
        }
        default -> {}
      }
    }
    boolean byToken = BatchSizes.leadsWith(value, Batch.TOKENS);
    boolean byRow = BatchSizes.leadsWith(value, Batch.ROWS);
    if (span.isWhole() || !(byToken || byRow)) {
      return contiguous(given, bytes, buffer);
    }
    int count = byToken ? span.size() : span.rowCount();
    long rowBytes = count == 0 ? 0 : bytes / count;
    long all = rowBytes * (byToken ? batch.size() : batch.rowCount());
    MemorySegment whole = given != null ? given.data() : host(buffer, all);
    MemorySegment target = staging.room(bytes);
    for (int i = 0; i < count; i++) {
      long from = rowBytes * (byToken ? span.token(i) : span.row(i));
      MemorySegment.copy(whole, from, target, rowBytes * i, rowBytes);
    }
    return target;
  }

  private MemorySegment contiguous(Tensor given, long bytes, Buffer buffer) {
    if (given == null) {
      return host(buffer, bytes);
    }
    MemorySegment data = given.data();
    if (data.isNative() && data.address() % value.type().dtype().blockBytes() == 0) {
      return data;
    }
    return staging.room(bytes).copyFrom(data);
  }

  private MemorySegment host(Buffer buffer, long bytes) {
    if (buffer.size() < bytes) {
      throw new BackendException(
          "the buffer of '%s' holds %d bytes, not %d".formatted(value, buffer.size(), bytes));
    }
    if (buffer.hostView().isPresent() && buffer.hostView().get().isNative()) {
      return buffer.hostView().get();
    }
    MemorySegment copy = staging.room(bytes).asSlice(0, bytes);
    buffer.read(0, copy).await();
    return copy;
  }

  private MemorySegment integers(int count, IntUnaryOperator element) {
    MemorySegment target = staging.room((long) Integer.BYTES * count);
    for (int i = 0; i < count; i++) {
      target.setAtIndex(ValueLayout.JAVA_INT, i, element.applyAsInt(i));
    }
    return target;
  }

  /** Idempotent. */
  @Override
  public void close() {
    staging.close();
  }
}
