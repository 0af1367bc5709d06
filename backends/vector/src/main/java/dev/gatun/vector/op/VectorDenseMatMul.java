package dev.gatun.vector.op;

import static dev.gatun.vector.simd.Memory.ALL;

import dev.gatun.cpuengine.kernel.DenseMatMulKernel;
import dev.gatun.vector.simd.Memory;
import java.lang.foreign.MemorySegment;

/** Products of computed matrices; B is taken as it lies. */
final class VectorDenseMatMul implements DenseMatMulKernel {
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
    int rows = toRow - fromRow;
    long from = aOffset + 4L * fromRow * k;
    long to = yOffset + 4L * fromRow * n;
    if (!transposeB) {
      BlockProduct.add(a, from, k, b, bOffset, n, y, to, n, rows, n, 0, k, true);
      return;
    }
    long left = Memory.address(a, from, 4L * rows * k);
    long right = Memory.address(b, bOffset, 4L * n * k);
    long result = Memory.address(y, to, 4L * rows * n);
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < n; column++) {
        float value = Reductions.dot(left + 4L * row * k, right + 4L * column * k, k);
        ALL.set(Memory.F32, result + 4 * ((long) row * n + column), value);
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
    BlockProduct.add(
        a, aOffset, aStride, b, bOffset, bStride, y, yOffset, yStride, m, n, 0, k, !add);
  }
}
