package dev.gatun.vector.matmul;

import static dev.gatun.vector.simd.Lanes.F32;
import static dev.gatun.vector.simd.Lanes.LE;
import static dev.gatun.vector.simd.Memory.ALL;

import dev.gatun.vector.simd.Lanes;
import dev.gatun.vector.simd.Memory;
import jdk.incubator.vector.FloatVector;

/** Two vectors of a panel times one column, which is a row of X as it stands. */
final class Panel1 {
  private Panel1() {}

  /** {@code Y += P X} for {@code steps} steps along k. */
  static void multiply(long panel, int steps, long x, long y) {
    FloatVector a = FloatVector.fromMemorySegment(F32, ALL, y, LE);
    FloatVector b = FloatVector.fromMemorySegment(F32, ALL, y + Lanes.BYTES, LE);
    for (int i = 0; i < steps; i++) {
      long p = panel + i * TileFormat.PANEL_BYTES;
      FloatVector v = FloatVector.broadcast(F32, ALL.get(Memory.F32, x + 4L * i));
      a = FloatVector.fromMemorySegment(F32, ALL, p, LE).fma(v, a);
      b = FloatVector.fromMemorySegment(F32, ALL, p + Lanes.BYTES, LE).fma(v, b);
    }
    a.intoMemorySegment(ALL, y, LE);
    b.intoMemorySegment(ALL, y + Lanes.BYTES, LE);
  }
}
