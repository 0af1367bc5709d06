package dev.gatun.vector.op;

import dev.gatun.cpuengine.kernel.SoftmaxKernel;
import dev.gatun.vector.simd.Memory;
import java.lang.foreign.MemorySegment;

/** Softmax in a few passes over a row. */
final class VectorSoftmax implements SoftmaxKernel {
  @Override
  public void softmax(
      MemorySegment x,
      long xOffset,
      MemorySegment y,
      long yOffset,
      int columns,
      int fromRow,
      int toRow) {
    long bytes = 4L * columns;
    long from = Memory.address(x, xOffset, bytes * toRow);
    long to = Memory.address(y, yOffset, bytes * toRow);
    for (int row = fromRow; row < toRow; row++) {
      long at = from + bytes * row;
      long result = to + bytes * row;
      Exp.run(at, 1, -Reductions.largest(at, columns), result, columns);
      float sum = Reductions.sum(result, columns);
      UnaryLoops.affine(result, 1 / sum, -0f, result, columns);
    }
  }
}
