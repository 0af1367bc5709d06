package dev.gatun.cpuengine.kernel;

import java.lang.foreign.MemorySegment;

/**
 * One group of a convolution of one picture, or all groups of one where each has one channel of x.
 *
 * @param windows over x and the result
 * @param in channels of x; 1 where each channel is a group
 * @param out channels of the result; of each group where each channel is one
 * @param depthwise whether each channel of x is a group
 * @param x [in, ..]; [groups, ..] when depthwise
 * @param weights packed by {@link ConvolutionKernel#pack}; [groups * out, taps] when depthwise
 * @param bias F32, one for each channel of the result
 * @param y [out, ..]; [groups * out, ..] when depthwise
 * @param finish what happens to the result; its first element is that of y
 */
public record Convolution(
    WindowGeometry windows,
    int in,
    int out,
    boolean depthwise,
    MemorySegment x,
    long xAt,
    MemorySegment weights,
    long weightsAt,
    MemorySegment bias,
    long biasAt,
    MemorySegment y,
    long yAt,
    Finish finish) {
  /**
   * A piece of the result: rows by columns of one plane, of some channels. Part of a row only where
   * the result has one row.
   *
   * @param fromChannel a multiple of {@link ConvolutionKernel#CHANNELS}, unless depthwise
   */
  public record Piece(
      int plane,
      int fromRow,
      int toRow,
      int fromColumn,
      int toColumn,
      int fromChannel,
      int toChannel) {}
}
