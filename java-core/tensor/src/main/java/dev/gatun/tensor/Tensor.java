package dev.gatun.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * A dense, row-major view of memory with a type and a shape. Rows of a block format are whole
 * numbers of blocks.
 *
 * <p>A tensor owns nothing: whoever made {@code data} closes it, and using the tensor afterwards
 * throws {@link IllegalStateException}. Values are little endian. Views may be shared between
 * threads as far as the segment allows.
 *
 * @param dtype how elements are stored
 * @param shape extents, outermost first
 * @param data exactly the bytes of the elements
 */
public record Tensor(DType dtype, Shape shape, MemorySegment data) {
  public static final ValueLayout.OfFloat F32_LE =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  public static final ValueLayout.OfInt I32_LE =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /**
   * @throws IllegalArgumentException when a row is not a whole number of blocks or the segment's
   *     size is not that of the elements
   */
  public Tensor {
    Objects.requireNonNull(dtype);
    Objects.requireNonNull(shape);
    if (shape.rowLength() % dtype.blockElements() != 0) {
      throw new IllegalArgumentException(
          "rows of " + shape + " are not whole " + dtype + " blocks of " + dtype.blockElements());
    }
    long bytes = dtype.byteSize(shape.elements());
    if (data.byteSize() != bytes) {
      throw new IllegalArgumentException(
          dtype + " " + shape + " takes " + bytes + " bytes, not " + data.byteSize());
    }
  }

  /** An F32 tensor over a copy of {@code values} on the heap. */
  public static Tensor ofFloats(Shape shape, float... values) {
    return new Tensor(DType.F32, shape, MemorySegment.ofArray(values.clone()));
  }

  /** An I32 tensor over a copy of {@code values} on the heap. */
  public static Tensor ofInts(Shape shape, int... values) {
    return new Tensor(DType.I32, shape, MemorySegment.ofArray(values.clone()));
  }

  /** An I64 tensor over a copy of {@code values} on the heap. */
  public static Tensor ofLongs(Shape shape, long... values) {
    return new Tensor(DType.I64, shape, MemorySegment.ofArray(values.clone()));
  }

  /** Bytes of one row (the innermost dimension). */
  public long rowBytes() {
    return dtype.byteSize(shape.rowLength());
  }

  /** The same bytes under another shape of as many elements. */
  public Tensor reshape(Shape other) {
    return new Tensor(dtype, other, data);
  }
}
