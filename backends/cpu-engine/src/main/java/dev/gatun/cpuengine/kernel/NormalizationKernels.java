package dev.gatun.cpuengine.kernel;

import java.lang.foreign.MemorySegment;

/** Normalizations of rows of {@code columns} elements. */
public interface NormalizationKernels {
  /** {@code y = x / sqrt(mean(x^2) + epsilon) * scale} for rows {@code [fromRow, toRow)}. */
  void rms(
      MemorySegment x,
      long xOffset,
      MemorySegment scale,
      long scaleOffset,
      MemorySegment y,
      long yOffset,
      int columns,
      double epsilon,
      int fromRow,
      int toRow);

  /**
   * {@code y = (x - mean) / sqrt(variance + epsilon) * scale + bias} for rows {@code [fromRow,
   * toRow)}.
   *
   * @param bias null for none
   */
  void layer(
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
      int toRow);
}
