package dev.gatun.cpuengine.kernel;

import java.lang.foreign.MemorySegment;

/**
 * Convolutions of single precision. An element starts from its bias and is summed over channels of
 * x and then taps, in order; it does not depend on the piece that it is computed with.
 */
public interface ConvolutionKernel {
  /** Channels of a piece start at multiples of this. */
  int CHANNELS = 12;

  /**
   * Packs the weights of a group, which take as many bytes packed.
   *
   * @param weights [out, depth], F32
   * @param depth channels of x times taps
   */
  void pack(
      MemorySegment weights,
      long weightsAt,
      int out,
      int depth,
      MemorySegment packed,
      long packedAt);

  /**
   * Working memory of {@link #convolve} for pieces of so many rows and columns.
   *
   * @param in channels of x; 1 when depthwise
   * @param parts number of parts of what follows
   */
  long scratchBytes(WindowGeometry windows, int in, int rows, int columns, int parts);

  /** Computes a piece. */
  void convolve(
      Convolution convolution, Convolution.Piece piece, MemorySegment scratch, long scratchAt);

  /**
   * Does what follows a convolution to {@code count} elements.
   *
   * @param element index of the first element in y
   */
  void finish(
      Finish finish,
      MemorySegment x,
      long xAt,
      MemorySegment y,
      long yAt,
      long element,
      int count,
      MemorySegment scratch,
      long scratchAt);
}
