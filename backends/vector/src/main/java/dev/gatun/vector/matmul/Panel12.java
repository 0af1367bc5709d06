package dev.gatun.vector.matmul;

import static dev.gatun.vector.matmul.Lanes.F32;
import static dev.gatun.vector.matmul.Lanes.LE;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/** Two vectors of a panel times twelve columns: 24 accumulators, for 32 vector registers. */
final class Panel12 {
  private static final long X_BYTES = 48;

  private Panel12() {}

  /**
   * {@code Y += P X} for {@code steps} steps along k.
   *
   * @param xAt where a group of 12 columns starts; one step is 48 bytes long
   * @param yStride bytes from one column to the next
   */
  static void multiply(
      MemorySegment panel,
      long panelAt,
      int steps,
      MemorySegment x,
      long xAt,
      MemorySegment y,
      long yAt,
      long yStride) {
    long yHigh = yAt + Lanes.BYTES;
    FloatVector a0 = FloatVector.fromMemorySegment(F32, y, yAt, LE);
    FloatVector b0 = FloatVector.fromMemorySegment(F32, y, yHigh, LE);
    FloatVector a1 = FloatVector.fromMemorySegment(F32, y, yAt + yStride, LE);
    FloatVector b1 = FloatVector.fromMemorySegment(F32, y, yHigh + yStride, LE);
    FloatVector a2 = FloatVector.fromMemorySegment(F32, y, yAt + 2 * yStride, LE);
    FloatVector b2 = FloatVector.fromMemorySegment(F32, y, yHigh + 2 * yStride, LE);
    FloatVector a3 = FloatVector.fromMemorySegment(F32, y, yAt + 3 * yStride, LE);
    FloatVector b3 = FloatVector.fromMemorySegment(F32, y, yHigh + 3 * yStride, LE);
    FloatVector a4 = FloatVector.fromMemorySegment(F32, y, yAt + 4 * yStride, LE);
    FloatVector b4 = FloatVector.fromMemorySegment(F32, y, yHigh + 4 * yStride, LE);
    FloatVector a5 = FloatVector.fromMemorySegment(F32, y, yAt + 5 * yStride, LE);
    FloatVector b5 = FloatVector.fromMemorySegment(F32, y, yHigh + 5 * yStride, LE);
    FloatVector a6 = FloatVector.fromMemorySegment(F32, y, yAt + 6 * yStride, LE);
    FloatVector b6 = FloatVector.fromMemorySegment(F32, y, yHigh + 6 * yStride, LE);
    FloatVector a7 = FloatVector.fromMemorySegment(F32, y, yAt + 7 * yStride, LE);
    FloatVector b7 = FloatVector.fromMemorySegment(F32, y, yHigh + 7 * yStride, LE);
    FloatVector a8 = FloatVector.fromMemorySegment(F32, y, yAt + 8 * yStride, LE);
    FloatVector b8 = FloatVector.fromMemorySegment(F32, y, yHigh + 8 * yStride, LE);
    FloatVector a9 = FloatVector.fromMemorySegment(F32, y, yAt + 9 * yStride, LE);
    FloatVector b9 = FloatVector.fromMemorySegment(F32, y, yHigh + 9 * yStride, LE);
    FloatVector a10 = FloatVector.fromMemorySegment(F32, y, yAt + 10 * yStride, LE);
    FloatVector b10 = FloatVector.fromMemorySegment(F32, y, yHigh + 10 * yStride, LE);
    FloatVector a11 = FloatVector.fromMemorySegment(F32, y, yAt + 11 * yStride, LE);
    FloatVector b11 = FloatVector.fromMemorySegment(F32, y, yHigh + 11 * yStride, LE);
    for (int i = 0; i < steps; i++) {
      long p = panelAt + (long) i * TileFormat.PANEL_BYTES;
      long q = xAt + i * X_BYTES;
      FloatVector low = FloatVector.fromMemorySegment(F32, panel, p, LE);
      FloatVector high = FloatVector.fromMemorySegment(F32, panel, p + Lanes.BYTES, LE);
      FloatVector x0 = FloatVector.broadcast(F32, x.get(Memory.F32, q));
      a0 = low.fma(x0, a0);
      b0 = high.fma(x0, b0);
      FloatVector x1 = FloatVector.broadcast(F32, x.get(Memory.F32, q + 4));
      a1 = low.fma(x1, a1);
      b1 = high.fma(x1, b1);
      FloatVector x2 = FloatVector.broadcast(F32, x.get(Memory.F32, q + 8));
      a2 = low.fma(x2, a2);
      b2 = high.fma(x2, b2);
      FloatVector x3 = FloatVector.broadcast(F32, x.get(Memory.F32, q + 12));
      a3 = low.fma(x3, a3);
      b3 = high.fma(x3, b3);
      FloatVector x4 = FloatVector.broadcast(F32, x.get(Memory.F32, q + 16));
      a4 = low.fma(x4, a4);
      b4 = high.fma(x4, b4);
      FloatVector x5 = FloatVector.broadcast(F32, x.get(Memory.F32, q + 20));
      a5 = low.fma(x5, a5);
      b5 = high.fma(x5, b5);
      FloatVector x6 = FloatVector.broadcast(F32, x.get(Memory.F32, q + 24));
      a6 = low.fma(x6, a6);
      b6 = high.fma(x6, b6);
      FloatVector x7 = FloatVector.broadcast(F32, x.get(Memory.F32, q + 28));
      a7 = low.fma(x7, a7);
      b7 = high.fma(x7, b7);
      FloatVector x8 = FloatVector.broadcast(F32, x.get(Memory.F32, q + 32));
      a8 = low.fma(x8, a8);
      b8 = high.fma(x8, b8);
      FloatVector x9 = FloatVector.broadcast(F32, x.get(Memory.F32, q + 36));
      a9 = low.fma(x9, a9);
      b9 = high.fma(x9, b9);
      FloatVector x10 = FloatVector.broadcast(F32, x.get(Memory.F32, q + 40));
      a10 = low.fma(x10, a10);
      b10 = high.fma(x10, b10);
      FloatVector x11 = FloatVector.broadcast(F32, x.get(Memory.F32, q + 44));
      a11 = low.fma(x11, a11);
      b11 = high.fma(x11, b11);
    }
    a0.intoMemorySegment(y, yAt, LE);
    b0.intoMemorySegment(y, yHigh, LE);
    a1.intoMemorySegment(y, yAt + yStride, LE);
    b1.intoMemorySegment(y, yHigh + yStride, LE);
    a2.intoMemorySegment(y, yAt + 2 * yStride, LE);
    b2.intoMemorySegment(y, yHigh + 2 * yStride, LE);
    a3.intoMemorySegment(y, yAt + 3 * yStride, LE);
    b3.intoMemorySegment(y, yHigh + 3 * yStride, LE);
    a4.intoMemorySegment(y, yAt + 4 * yStride, LE);
    b4.intoMemorySegment(y, yHigh + 4 * yStride, LE);
    a5.intoMemorySegment(y, yAt + 5 * yStride, LE);
    b5.intoMemorySegment(y, yHigh + 5 * yStride, LE);
    a6.intoMemorySegment(y, yAt + 6 * yStride, LE);
    b6.intoMemorySegment(y, yHigh + 6 * yStride, LE);
    a7.intoMemorySegment(y, yAt + 7 * yStride, LE);
    b7.intoMemorySegment(y, yHigh + 7 * yStride, LE);
    a8.intoMemorySegment(y, yAt + 8 * yStride, LE);
    b8.intoMemorySegment(y, yHigh + 8 * yStride, LE);
    a9.intoMemorySegment(y, yAt + 9 * yStride, LE);
    b9.intoMemorySegment(y, yHigh + 9 * yStride, LE);
    a10.intoMemorySegment(y, yAt + 10 * yStride, LE);
    b10.intoMemorySegment(y, yHigh + 10 * yStride, LE);
    a11.intoMemorySegment(y, yAt + 11 * yStride, LE);
    b11.intoMemorySegment(y, yHigh + 11 * yStride, LE);
  }
}
