package dev.gatun.engine.compiled;

import dev.gatun.graph.Value;
import dev.gatun.runtime.spi.BackendException;
import dev.gatun.runtime.spi.Batch;
import dev.gatun.runtime.spi.Buffer;
import dev.gatun.tensor.Shape;
import java.lang.foreign.MemorySegment;

/** Puts what a part of a batch gave in its place among the results of the whole. */
public final class SpanOutput {
  private SpanOutput() {}

  /**
   * Copies results.
   *
   * @param own shape of the part's result
   * @param data its elements, dense
   * @param whole the batch, of which {@code span} is a part
   * @param buffer of the whole result
   * @return shape of the whole result
   * @throws BackendException when the buffer is too small, or the result has no row for each token
   */
  public static Shape put(
      Value value, Shape own, MemorySegment data, Batch whole, Span span, Buffer buffer) {
    if (span.isWhole()) {
      long bytes = value.type().dtype().byteSize(own.elements());
      requireSize(value, buffer, bytes);
      if (bytes > 0) {
        buffer.write(0, data.asSlice(0, bytes)).await();
      }
      return own;
    }
    boolean byToken = BatchSizes.leadsWith(value, Batch.TOKENS);
    if (!byToken && !BatchSizes.leadsWith(value, Batch.ROWS)) {
      throw new BackendException(
          "'%s' is %s: it cannot be put together from several sequences"
              .formatted(value.name(), value.type()));
    }
    int count = byToken ? span.size() : span.rowCount();
    int all = byToken ? whole.size() : whole.rowCount();
    long rowBytes = value.type().dtype().byteSize(rowElements(own));
    requireSize(value, buffer, rowBytes * all);
    for (int i = 0; i < count; i++) {
      long to = rowBytes * (byToken ? span.token(i) : span.row(i));
      buffer.write(to, data.asSlice(rowBytes * i, rowBytes)).await();
    }
    long[] dims = own.toArray();
    dims[0] = all;
    return Shape.of(dims);
  }

  private static long rowElements(Shape shape) {
    long elements = 1;
    for (int axis = 1; axis < shape.rank(); axis++) {
      elements *= shape.dim(axis);
    }
    return elements;
  }

  /** Refuses a buffer that is too small and cannot grow. */
  public static void requireSize(Value value, Buffer buffer, long bytes) {
    if (buffer instanceof GrowingBuffer growing) {
      growing.reserve(bytes);
    }
    if (buffer.size() < bytes) {
      throw new BackendException(
          "the buffer of '%s' holds %d bytes, not %d".formatted(value, buffer.size(), bytes));
    }
  }
}
