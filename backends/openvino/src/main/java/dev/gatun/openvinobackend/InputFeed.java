package dev.gatun.openvinobackend;

import dev.gatun.graph.Bindings;
import dev.gatun.graph.Value;
import dev.gatun.openvino.ElementType;
import dev.gatun.openvino.NativeTensor;
import dev.gatun.openvino.OpenVino;
import dev.gatun.runtime.spi.BackendException;
import dev.gatun.runtime.spi.Batch;
import dev.gatun.runtime.spi.Buffer;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.function.IntUnaryOperator;

/**
 * One input of a session. Native memory that fits is used where it lies; what lies on the heap, or
 * scattered, is copied.
 */
final class InputFeed implements AutoCloseable {
  private final Value value;
  private final OpenVino library;
  private final ElementType type;
  private final IndexLimit limit;
  private final Staging staging = new Staging();
  private NativeTensor tensor;
  private long address;
  private long[] shape = {};

  InputFeed(Value value, OpenVino library, IndexLimit limit) {
    this.value = value;
    this.library = library;
    this.limit = limit;
    type = ElementTypes.of(value.type().dtype());
  }

  /** The input's tensor for a part of a batch. */
  NativeTensor read(Batch batch, Span span, Bindings sizes, Buffer buffer) {
    Shape resolved = sizes.shape(value.type());
    long bytes = value.type().dtype().byteSize(resolved.elements());
    MemorySegment memory = source(batch, span, bytes, buffer);
    limit.check(value, memory, resolved.elements());
    return over(resolved.toArray(), memory);
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
    boolean byToken = Sizes.leadsWith(value, Batch.TOKENS);
    boolean byRow = Sizes.leadsWith(value, Batch.ROWS);
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
    if (data.isNative() && data.address() % type.bytes() == 0) {
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
    MemorySegment target = staging.room(4L * count);
    for (int i = 0; i < count; i++) {
      target.setAtIndex(ValueLayout.JAVA_INT, i, element.applyAsInt(i));
    }
    return target;
  }

  /** The last tensor again, where memory and shape are the same. */
  private NativeTensor over(long[] dims, MemorySegment memory) {
    if (tensor == null || address != memory.address() || !Arrays.equals(shape, dims)) {
      NativeTensor made = library.tensor(type, dims, memory);
      if (tensor != null) {
        tensor.close();
      }
      tensor = made;
      address = memory.address();
      shape = dims;
    }
    return tensor;
  }

  @Override
  public void close() {
    if (tensor != null) {
      tensor.close();
    }
    staging.close();
  }
}
