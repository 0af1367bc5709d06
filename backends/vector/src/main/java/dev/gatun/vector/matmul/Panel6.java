package dev.gatun.vector.matmul;

import static dev.gatun.vector.simd.Lanes.F32;
import static dev.gatun.vector.simd.Lanes.LE;
import static dev.gatun.vector.simd.Memory.ALL;

import dev.gatun.vector.simd.Lanes;
import dev.gatun.vector.simd.Memory;
import jdk.incubator.vector.FloatVector;

/** Two vectors of a panel times six columns: 12 accumulators, for 16 vector registers. */
final class Panel6 {
  private static final long X_BYTES = 32;

  private Panel6() {}

  /**
   * {@code Y += P X} for {@code steps} steps along k.
   *
   * @param x where a group of 6 columns starts; one step is 32 bytes long, of which 24 are used
   * @param yStride bytes from one column to the next
   */
  static void multiply(long panel, int steps, long x, long y, long yStride) {
    long yHigh = y + Lanes.BYTES;
    FloatVector a0 = FloatVector.fromMemorySegment(F32, ALL, y, LE);
    FloatVector b0 = FloatVector.fromMemorySegment(F32, ALL, yHigh, LE);
    FloatVector a1 = FloatVector.fromMemorySegment(F32, ALL, y + yStride, LE);
    FloatVector b1 = FloatVector.fromMemorySegment(F32, ALL, yHigh + yStride, LE);
    FloatVector a2 = FloatVector.fromMemorySegment(F32, ALL, y + 2 * yStride, LE);
    FloatVector b2 = FloatVector.fromMemorySegment(F32, ALL, yHigh + 2 * yStride, LE);
    FloatVector a3 = FloatVector.fromMemorySegment(F32, ALL, y + 3 * yStride, LE);
    FloatVector b3 = FloatVector.fromMemorySegment(F32, ALL, yHigh + 3 * yStride, LE);
    FloatVector a4 = FloatVector.fromMemorySegment(F32, ALL, y + 4 * yStride, LE);
    FloatVector b4 = FloatVector.fromMemorySegment(F32, ALL, yHigh + 4 * yStride, LE);
    FloatVector a5 = FloatVector.fromMemorySegment(F32, ALL, y + 5 * yStride, LE);
    FloatVector b5 = FloatVector.fromMemorySegment(F32, ALL, yHigh + 5 * yStride, LE);
    for (int i = 0; i < steps; i++) {
      long p = panel + i * TileFormat.PANEL_BYTES;
      long q = x + i * X_BYTES;
      FloatVector low = FloatVector.fromMemorySegment(F32, ALL, p, LE);
      FloatVector high = FloatVector.fromMemorySegment(F32, ALL, p + Lanes.BYTES, LE);
      FloatVector x0 = FloatVector.broadcast(F32, ALL.get(Memory.F32, q));
      a0 = low.fma(x0, a0);
      b0 = high.fma(x0, b0);
      FloatVector x1 = FloatVector.broadcast(F32, ALL.get(Memory.F32, q + 4));
      a1 = low.fma(x1, a1);
      b1 = high.fma(x1, b1);
      FloatVector x2 = FloatVector.broadcast(F32, ALL.get(Memory.F32, q + 8));
      a2 = low.fma(x2, a2);
      b2 = high.fma(x2, b2);
      FloatVector x3 = FloatVector.broadcast(F32, ALL.get(Memory.F32, q + 12));
      a3 = low.fma(x3, a3);
      b3 = high.fma(x3, b3);
      FloatVector x4 = FloatVector.broadcast(F32, ALL.get(Memory.F32, q + 16));
      a4 = low.fma(x4, a4);
      b4 = high.fma(x4, b4);
      FloatVector x5 = FloatVector.broadcast(F32, ALL.get(Memory.F32, q + 20));
      a5 = low.fma(x5, a5);
      b5 = high.fma(x5, b5);
    }
    a0.intoMemorySegment(ALL, y, LE);
    b0.intoMemorySegment(ALL, yHigh, LE);
    a1.intoMemorySegment(ALL, y + yStride, LE);
    b1.intoMemorySegment(ALL, yHigh + yStride, LE);
    a2.intoMemorySegment(ALL, y + 2 * yStride, LE);
    b2.intoMemorySegment(ALL, yHigh + 2 * yStride, LE);
    a3.intoMemorySegment(ALL, y + 3 * yStride, LE);
    b3.intoMemorySegment(ALL, yHigh + 3 * yStride, LE);
    a4.intoMemorySegment(ALL, y + 4 * yStride, LE);
    b4.intoMemorySegment(ALL, yHigh + 4 * yStride, LE);
    a5.intoMemorySegment(ALL, y + 5 * yStride, LE);
    b5.intoMemorySegment(ALL, yHigh + 5 * yStride, LE);
  }
}
