package dev.gatun.vector.op;

import static dev.gatun.vector.simd.Memory.ALL;

import dev.gatun.cpuengine.kernel.RowReductionKernel;
import dev.gatun.cpuengine.scalar.ScalarKernels;
import dev.gatun.graph.op.Reduce;
import dev.gatun.vector.simd.Memory;
import java.lang.foreign.MemorySegment;

/** Sums and means of rows; maxima and minima, in which NaN wins: scalar. */
final class VectorRowReduction implements RowReductionKernel {
  private static final RowReductionKernel SCALAR = new ScalarKernels().rowReduction();

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
    if (function != Reduce.Function.SUM && function != Reduce.Function.MEAN) {
      SCALAR.reduce(function, x, xOffset, y, yOffset, columns, fromRow, toRow);
      return;
    }
    long from = Memory.address(x, xOffset, 4L * toRow * columns);
    long to = Memory.address(y, yOffset, 4L * toRow);
    int divisor = function == Reduce.Function.MEAN ? columns : 1;
    for (int row = fromRow; row < toRow; row++) {
      float sum = Reductions.sum(from + 4L * row * columns, columns);
      ALL.set(Memory.F32, to + 4L * row, sum / divisor);
    }
  }
}
