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

  /** Number of rows: the product of all extents but the innermost; 1 for a scalar. */
  public long rows() {
    long rows = 1;
    for (int axis = 0; axis < shape.rank() - 1; axis++) {
      rows *= shape.dim(axis);
    }
    return rows;
  }

  /**
   * A view of row {@code index}, as a vector.
   *
   * @throws IndexOutOfBoundsException when there is no such row
   */
  public Tensor row(long index) {
    Objects.checkIndex(index, rows());
    long bytes = rowBytes();
    return new Tensor(dtype, Shape.of(shape.rowLength()), data.asSlice(index * bytes, bytes));
  }

  /**
   * Decodes row {@code index} to {@code dst} from index {@code dstOffset}. In a loop over many
   * rows, hold a {@link BlockFormat} instead.
   *
   * @throws IndexOutOfBoundsException when there is no such row or {@code dst} is too short
   * @throws IllegalArgumentException for {@link DType#STRING}
   */
  public void decodeRow(long index, float[] dst, int dstOffset) {
    Objects.checkIndex(index, rows());
    int length = Math.toIntExact(shape.rowLength());
    BlockFormat.of(dtype).decode(data, index * rowBytes(), dst, dstOffset, length);
  }

  /**
   * All elements, decoded, in row-major order.
   *
   * @throws ArithmeticException when there are more than an array can hold
   * @throws IllegalArgumentException for {@link DType#STRING}
   */
  public float[] toFloats() {
    int count = Math.toIntExact(shape.elements());
    float[] values = new float[count];
    BlockFormat.of(dtype).decode(data, 0, values, 0, count);
    return values;
  }

  /** The same bytes under another shape of as many elements. */
  public Tensor reshape(Shape other) {
    return new Tensor(dtype, other, data);
  }
}
