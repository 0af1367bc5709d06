package dev.gatun.quantize.lora;

/** What an adapter adds to one weight: the product of two thin matrices. Immutable. */
public final class LowRank {
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

  long rows() {
    return b.length / rank;
  }

  int columns() {
    return columns;
  }

  /** Adds its row to {@code values}. */
  void addRow(int row, float[] values) {
    for (int k = 0; k < rank; k++) {
      float factor = b[row * rank + k];
      int from = k * columns;
      for (int column = 0; column < columns; column++) {
        values[column] += factor * a[from + column];
      }
    }
  }
}
