package dev.gatun.cpuengine.kernel;

import java.lang.foreign.MemorySegment;

/** Products of two matrices that are both computed. */
public interface DenseMatMulKernel {
  /**
   * Rows {@code [fromRow, toRow)} of {@code Y = A B}, or of {@code A B^T}.
   *
   * @param a [m, k]
   * @param b [k, n]; [n, k] when transposed
   * @param y [m, n]
   */
  void multiply(
      MemorySegment a,
      long aOffset,
      MemorySegment b,
      long bOffset,
      boolean transposeB,
      int n,
      int k,
      MemorySegment y,
      long yOffset,
      int fromRow,
      int toRow);

  /**
   * {@code Y = A B}, or added to Y. Strides are elements from one row to the next; rows of B may
   * overlap. Each element is summed over k in order.
   *
   * @param a [m, k]
   * @param b [k, n]
   * @param y [m, n]
   */
  void product(
      MemorySegment a,
      long aOffset,
      int aStride,
      MemorySegment b,
      long bOffset,
      int bStride,
      MemorySegment y,
      long yOffset,
      int yStride,
      int m,
      int n,
      int k,
      boolean add);
}
