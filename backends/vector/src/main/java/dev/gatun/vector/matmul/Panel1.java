package dev.gatun.vector.matmul;

import static dev.gatun.vector.matmul.Lanes.F32;
import static dev.gatun.vector.matmul.Lanes.LE;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/** Two vectors of a panel times one column, which is a row of X as it stands. */
final class Panel1 {
  private Panel1() {}

  /** {@code Y += P X} for {@code steps} steps along k. */
  static void multiply(
      MemorySegment panel,
      long panelAt,
      int steps,
      MemorySegment x,
      long xAt,
      MemorySegment y,
      long yAt) {
    FloatVector a = FloatVector.fromMemorySegment(F32, y, yAt, LE);
    FloatVector b = FloatVector.fromMemorySegment(F32, y, yAt + Lanes.BYTES, LE);
    for (int i = 0; i < steps; i++) {
      long p = panelAt + (long) i * TileFormat.PANEL_BYTES;
      FloatVector v = FloatVector.broadcast(F32, x.get(Memory.F32, xAt + 4L * i));
      a = FloatVector.fromMemorySegment(F32, panel, p, LE).fma(v, a);
      b = FloatVector.fromMemorySegment(F32, panel, p + Lanes.BYTES, LE).fma(v, b);
    }
    a.intoMemorySegment(y, yAt, LE);
    b.intoMemorySegment(y, yAt + Lanes.BYTES, LE);
  }
}
