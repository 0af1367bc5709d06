package dev.gatun.cpubackend;

import dev.gatun.cpu.CpuKernels;
import dev.gatun.cpuengine.kernel.DenseMatMulKernel;
import dev.gatun.cpuengine.kernel.Memory;
import java.lang.foreign.MemorySegment;

/** Products of two computed matrices, in single precision. */
record NativeDenseMatMul(CpuKernels kernels) implements DenseMatMulKernel {
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
    kernels.dense(
        Memory.address(a, aOffset, 4L * toRow * k),
        Memory.address(b, bOffset, 4L * n * k),
        transposeB ? 1 : 0,
        n,
        k,
        Memory.address(y, yOffset, 4L * toRow * n),
        fromRow,
        toRow);
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
    if (m == 0 || n == 0) {
      return;
    }
    kernels.product(
        Memory.address(a, aOffset, 4 * ((m - 1L) * aStride + k)),
        aStride,
        Memory.address(b, bOffset, k == 0 ? 0 : 4 * ((k - 1L) * bStride + n)),
        bStride,
        Memory.address(y, yOffset, 4 * ((m - 1L) * yStride + n)),
        yStride,
        m,
        n,
        k,
        add ? 1 : 0);
  }
}
