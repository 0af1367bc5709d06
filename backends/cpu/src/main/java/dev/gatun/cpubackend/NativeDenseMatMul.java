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
}
