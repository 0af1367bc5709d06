package dev.gatun.models.lora;

import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** What an adapter adds to one weight: the product of two thin matrices. Immutable. */
public final class LowRank {
  /** What kernels want of weights. */
  private static final int ALIGNMENT = 64;

  private final float[] a;
  private final float[] b;
  private final int rank;
  private final int columns;

  /**
   * Keeps the arrays.
   *
   * @param a {@code [rank, columns]}
   * @param b {@code [rows, rank]}, scaled
   */
  public LowRank(float[] a, float[] b, int rank, int columns) {
    if (a.length != (long) rank * columns || b.length % rank != 0) {
      throw new IllegalArgumentException(
          "%d and %d numbers make no product of rank %d".formatted(a.length, b.length, rank));
    }
    this.a = a;
    this.b = b;
    this.rank = rank;
    this.columns = columns;
  }

  /** The first factor, F32 [rank, columns], in native memory of its own. */
  public Tensor down() {
    return nativeMatrix(a, rank, columns);
  }

  /** The second factor, scaled, F32 [rows, rank], in native memory of its own. */
  public Tensor up() {
    return nativeMatrix(b, rows(), rank);
  }

  private static Tensor nativeMatrix(float[] values, long rows, long columns) {
    MemorySegment data = Arena.ofAuto().allocate(DType.F32.byteSize(values.length), ALIGNMENT);
    MemorySegment.copy(values, 0, data, Tensor.F32_LE, 0, values.length);
    return new Tensor(DType.F32, Shape.of(rows, columns), data);
  }

  long rows() {
    return b.length / rank;
  }

  int columns() {
    return columns;
  }

  /** Adds its row to {@code values}. */
  public void addRow(int row, float[] values) {
    for (int k = 0; k < rank; k++) {
      float factor = b[row * rank + k];
      int from = k * columns;
      for (int column = 0; column < columns; column++) {
        values[column] += factor * a[from + column];
      }
    }
  }
}
