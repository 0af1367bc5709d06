package dev.gatun.vector.matmul;

import static dev.gatun.vector.simd.Lanes.F32;
import static dev.gatun.vector.simd.Lanes.LE;
import static dev.gatun.vector.simd.Memory.ALL;

import dev.gatun.vector.simd.Lanes;
import dev.gatun.vector.simd.Memory;
import jdk.incubator.vector.FloatVector;

/** Two vectors of a panel times four columns. */
final class Panel4 {
  private static final long X_BYTES = 16;

  private Panel4() {}

  /**
   * {@code Y += P X} for {@code steps} steps along k.
   *
   * @param x where a group of 4 columns starts; one step is 16 bytes long
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
    }
    a0.intoMemorySegment(ALL, y, LE);
    b0.intoMemorySegment(ALL, yHigh, LE);
    a1.intoMemorySegment(ALL, y + yStride, LE);
    b1.intoMemorySegment(ALL, yHigh + yStride, LE);
    a2.intoMemorySegment(ALL, y + 2 * yStride, LE);
    b2.intoMemorySegment(ALL, yHigh + 2 * yStride, LE);
    a3.intoMemorySegment(ALL, y + 3 * yStride, LE);
    b3.intoMemorySegment(ALL, yHigh + 3 * yStride, LE);
  }
}
