package dev.gatun.cpuengine.scalar;

import dev.gatun.cpuengine.kernel.DenseMatMulKernel;
import java.lang.foreign.MemorySegment;

/** Dot products, or sums of scaled rows of B. */
final class ScalarDenseMatMul implements DenseMatMulKernel {
  @Override
  public void multiply(
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
      int toRow) {
    for (int row = fromRow; row < toRow; row++) {
      long aRow = aOffset + 4L * row * k;
      long yRow = yOffset + 4L * row * n;
      if (transposeB) {
        for (int j = 0; j < n; j++) {
          Floats.set(y, yRow, j, ScalarMatMul.dot(a, aRow, b, bOffset + 4L * j * k, k));
        }
      } else {
        sumOfRows(a, aRow, b, bOffset, n, k, y, yRow);
      }
    }
  }

  @Override
  public void product(
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
      boolean add) {
    for (int row = 0; row < m; row++) {
      for (int column = 0; column < n; column++) {
        long at = (long) row * yStride + column;
        float sum = add ? Floats.get(y, yOffset, at) : 0;
        for (int i = 0; i < k; i++) {
          float left = Floats.get(a, aOffset, (long) row * aStride + i);
          sum += left * Floats.get(b, bOffset, (long) i * bStride + column);
        }
        Floats.set(y, yOffset, at, sum);
      }
    }
  }

  private static void sumOfRows(
      MemorySegment a,
      long aRow,
      MemorySegment b,
      long bOffset,
      int n,
      int k,
      MemorySegment y,
      long yRow) {
    for (int j = 0; j < n; j++) {
      float sum = 0;
      for (int i = 0; i < k; i++) {
        sum += Floats.get(a, aRow, i) * Floats.get(b, bOffset, (long) i * n + j);
      }
      Floats.set(y, yRow, j, sum);
    }
  }
}
