package dev.gatun.runtime.session;

import dev.gatun.runtime.spi.Buffer;
import dev.gatun.runtime.spi.Largest;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.function.IntFunction;

/**
 * An output or observed value of the last submission, whole or as rows: for logits one row per row
 * wanted, in the order in which the batch wanted them; for a value per token one row per token. One
 * object per output, reused: reading allocates nothing.
 *
 * <p>Valid once the submission's fence is done, until the next submission or the session's close.
 * Belongs to the session's thread.
 */
public final class RowOutput {
  private final String name;
  private final DType dtype;
  private final IntFunction<Shape> shape;
  private int columns;
  private MemorySegment memory = MemorySegment.NULL;
  private Distant distant;
  private int rows;

  /** An output that lies where the host cannot address it. */
  interface Distant {
    /** Copies all of it to the host. */
    MemorySegment fetch();

    /** As {@link Buffer#largest}. */
    boolean largest(long offset, int count, Largest result);
  }

  /**
   * @param columns elements per row; 0 when only a submission tells
   * @param shape the extents of what is shown, by number of rows
   */
  RowOutput(String name, DType dtype, int columns, IntFunction<Shape> shape) {
    this.name = name;
    this.dtype = dtype;
    this.columns = columns;
    this.shape = shape;
  }

  /** The output now shows the first rows of {@code source}. */
  void show(MemorySegment source, int rowCount) {
    distant = null;
    memory = source;
    rows = rowCount;
  }

  /** As {@link #show(MemorySegment, int)}, with rows of another length. */
  void show(MemorySegment source, int rowCount, int rowElements) {
    columns = rowElements;
    show(source, rowCount);
  }

  /** Rows as {@link #show} has set them, which are copied when they are asked for. */
  void show(Distant source) {
    distant = source;
  }

  /**
   * Finds the largest of the first {@code count} numbers of a row on the device that computed them,
   * so that they need not be copied.
   *
   * @return false when there is nothing to save, or the device does not do that: read the row
   * @throws IndexOutOfBoundsException when there is no such row or it is shorter
   */
  public boolean largest(int row, int count, Largest result) {
    Objects.checkIndex(row, rows);
    Objects.checkFromIndexSize(0, count, columns);
    return distant != null
        && dtype == DType.F32
        && distant.largest((long) row * columns * Float.BYTES, count, result);
  }

  private MemorySegment fetched() {
    if (distant != null) {
      memory = distant.fetch();
      distant = null;
    }
    return memory;
  }

  /** The whole output, of any element type and rank: a view. */
  public Tensor tensor() {
    Shape extents = shape.apply(rows);
    return new Tensor(dtype, extents, fetched().asSlice(0, dtype.byteSize(extents.elements())));
  }

  /** The output's name in the graph. */
  public String name() {
    return name;
  }

  /** Rows of the last submission. */
  public int rows() {
    return rows;
  }

  /**
   * Elements per row: the extents after the first, multiplied; the last extent where the first
   * counts neither tokens nor rows wanted. 0 before the first submission where it varies.
   */
  public int columns() {
    return columns;
  }

  public float get(int row, int column) {
    requireFloats();
    Objects.checkIndex(row, rows);
    Objects.checkIndex(column, columns);
    return fetched().get(Tensor.F32_LE, ((long) row * columns + column) * Float.BYTES);
  }

  /**
   * Copies a row to the start of {@code target}.
   *
   * @throws IndexOutOfBoundsException when there is no such row or {@code target} is too short
   */
  public void copyRow(int row, float[] target) {
    requireFloats();
    Objects.checkIndex(row, rows);
    Objects.checkFromIndexSize(0, columns, target.length);
    MemorySegment.copy(
        fetched(), Tensor.F32_LE, (long) row * columns * Float.BYTES, target, 0, columns);
  }

  /** Host memory that holds the rows from offset 0 on, without gaps; may be longer. */
  public MemorySegment memory() {
    return fetched();
  }

  /** Bytes from one row to the next. */
  public long rowBytes() {
    return dtype.byteSize(columns);
  }

  /** Element type; {@link #get} and {@link #copyRow} need F32. */
  public DType dtype() {
    return dtype;
  }

  private void requireFloats() {
    if (dtype != DType.F32) {
      throw new IllegalStateException(name + " is " + dtype + ", not F32; read memory()");
    }
  }
}
