package dev.gatun.cpuengine.kernel;

import java.lang.foreign.MemorySegment;

/** Turns pairs of elements of heads by tabulated angles. */
public interface RotaryKernel {
  /**
   * Rotates rows {@code [fromRow, toRow)} of x [rows, heads * headDim]. Elements [offset, offset +
   * rotaryDim) of each head turn; the others are copied.
   *
   * @param cosine [rows, rotaryDim / 2]
   * @param sine [rows, rotaryDim / 2], in the same segment
   * @param interleaved pairs are (2i, 2i + 1) when true, (i, i + rotaryDim / 2) when false
   */
  void rotate(
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
      int toRow);
}
