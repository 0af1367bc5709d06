package dev.gatun.cpuengine.kernel;

import dev.gatun.graph.op.Reduce;
import java.lang.foreign.MemorySegment;

/** Sums, means, maxima and minima of rows. */
public interface RowReductionKernel {
  /**
   * {@code y[row]} of rows {@code [fromRow, toRow)} of x, each of {@code columns} elements, one at
   * least.
   *
   * @param function SUM, MEAN, MAX or MIN
   */
  void reduce(
      Reduce.Function function,
      MemorySegment x,
      long xOffset,
      MemorySegment y,
      long yOffset,
      int columns,
      int fromRow,
      int toRow);
}
