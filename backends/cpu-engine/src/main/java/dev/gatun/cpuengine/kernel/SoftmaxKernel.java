package dev.gatun.cpuengine.kernel;

import java.lang.foreign.MemorySegment;

/** Softmax of rows. */
public interface SoftmaxKernel {
  /** Rows {@code [fromRow, toRow)} of {@code columns} elements. */
  void softmax(
      MemorySegment x,
      long xOffset,
      MemorySegment y,
      long yOffset,
      int columns,
      int fromRow,
      int toRow);
}
