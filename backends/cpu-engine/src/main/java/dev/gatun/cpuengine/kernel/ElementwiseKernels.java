package dev.gatun.cpuengine.kernel;

import dev.gatun.graph.op.Binary;
import dev.gatun.graph.op.Unary;
import java.lang.foreign.MemorySegment;

/** Elementwise functions of {@code count} consecutive elements. */
public interface ElementwiseKernels {
  /** {@code y[i] = f(x[i])}. */
  void unary(
      Unary.Function function,
      MemorySegment x,
      long xOffset,
      MemorySegment y,
      long yOffset,
      int count);

  /** {@code y[i] = f(a[i], b[i])}. */
  void binary(
      Binary.Function function,
      MemorySegment a,
      long aOffset,
      MemorySegment b,
      long bOffset,
      MemorySegment y,
      long yOffset,
      int count);

  /** {@code y[i] = f(a[i], b)}, or {@code f(b, a[i])} when {@code reversed}. */
  void binaryScalar(
      Binary.Function function,
      MemorySegment a,
      long aOffset,
      float b,
      boolean reversed,
      MemorySegment y,
      long yOffset,
      int count);

  /** {@code y[i] = activation(gate[i]) * up[i]}; y may be gate, but may not overlap up. */
  void gated(
      Unary.Function activation,
      MemorySegment gate,
      long gateOffset,
      MemorySegment up,
      long upOffset,
      MemorySegment y,
      long yOffset,
      int count);

  /** {@code y[i] += factor * x[i]}. */
  void addScaled(
      MemorySegment x, long xOffset, float factor, MemorySegment y, long yOffset, int count);
}
