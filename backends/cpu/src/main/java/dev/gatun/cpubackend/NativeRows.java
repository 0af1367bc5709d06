package dev.gatun.cpubackend;

import dev.gatun.cpu.CpuKernels;
import dev.gatun.cpuengine.kernel.Memory;
import dev.gatun.cpuengine.kernel.NormalizationKernels;
import dev.gatun.cpuengine.kernel.RotaryKernel;
import dev.gatun.cpuengine.kernel.RowReductionKernel;
import dev.gatun.cpuengine.kernel.SoftmaxKernel;
import dev.gatun.graph.op.Reduce;
import java.lang.foreign.MemorySegment;

/** Row by row: normalizations, rotary embedding, reductions, softmax. */
record NativeRows(CpuKernels kernels)
    implements NormalizationKernels, RotaryKernel, RowReductionKernel, SoftmaxKernel {
  @Override
  public void rms(
      MemorySegment x,
      long xOffset,
      MemorySegment scale,
      long scaleOffset,
      MemorySegment y,
      long yOffset,
      int columns,
      double epsilon,
      int fromRow,
      int toRow) {
    long bytes = 4L * toRow * columns;
    kernels.rms(
        Memory.address(x, xOffset, bytes),
        Memory.address(scale, scaleOffset, 4L * columns),
        Memory.address(y, yOffset, bytes),
        columns,
        epsilon,
        fromRow,
        toRow);
  }

  @Override
  public void layer(
      MemorySegment x,
      long xOffset,
      MemorySegment scale,
      long scaleOffset,
      MemorySegment bias,
      long biasOffset,
      MemorySegment y,
      long yOffset,
      int columns,
      double epsilon,
      int fromRow,
      int toRow) {
    long bytes = 4L * toRow * columns;
    kernels.layer(
        Memory.address(x, xOffset, bytes),
        Memory.address(scale, scaleOffset, 4L * columns),
        bias == null ? 0 : Memory.address(bias, biasOffset, 4L * columns),
        Memory.address(y, yOffset, bytes),
        columns,
        epsilon,
        fromRow,
        toRow);
  }

  @Override
  public void rotate(
      MemorySegment x,
      long xOffset,
      MemorySegment table,
      long cosine,
      long sine,
      MemorySegment y,
      long yOffset,
      int heads,
      int headDim,
      int offset,
      int rotaryDim,
      boolean interleaved,
      int fromRow,
      int toRow) {
    long bytes = 4L * toRow * heads * headDim;
    long angles = 4L * toRow * (rotaryDim / 2);
    kernels.rotate(
        Memory.address(x, xOffset, bytes),
        Memory.address(table, cosine, angles),
        Memory.address(table, sine, angles),
        Memory.address(y, yOffset, bytes),
        heads,
        headDim,
        offset,
        rotaryDim,
        interleaved ? 1 : 0,
        fromRow,
        toRow);
  }

  @Override
  public void softmax(
      MemorySegment x,
      long xOffset,
      MemorySegment y,
      long yOffset,
      int columns,
      int fromRow,
      int toRow) {
    long bytes = 4L * toRow * columns;
    kernels.softmax(
        Memory.address(x, xOffset, bytes),
        Memory.address(y, yOffset, bytes),
        columns,
        fromRow,
        toRow);
  }

  @Override
  public void reduce(
      Reduce.Function function,
      MemorySegment x,
      long xOffset,
      MemorySegment y,
      long yOffset,
      int columns,
      int fromRow,
      int toRow) {
    int code =
        switch (function) {
          case SUM -> CpuKernels.ROW_SUM;
          case MEAN -> CpuKernels.ROW_MEAN;
          case MAX -> CpuKernels.ROW_MAX;
          case MIN -> CpuKernels.ROW_MIN;
          default -> throw new IllegalArgumentException("no reduction of rows by " + function);
        };
    kernels.reduceRows(
        code,
        Memory.address(x, xOffset, 4L * toRow * columns),
        Memory.address(y, yOffset, 4L * toRow),
        columns,
        fromRow,
        toRow);
  }
}
