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
}
