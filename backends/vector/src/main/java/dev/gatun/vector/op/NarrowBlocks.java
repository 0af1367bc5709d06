package dev.gatun.vector.op;

import static dev.gatun.vector.simd.Lanes.F32;
import static dev.gatun.vector.simd.Lanes.LE;
import static dev.gatun.vector.simd.Memory.ALL;

import dev.gatun.vector.simd.Lanes;
import dev.gatun.vector.simd.Memory;
import jdk.incubator.vector.FloatVector;

/** The blocks of {@link BlockProduct} where there are 16 vector registers: two vectors wide. */
final class NarrowBlocks {
  private static final long BYTES = Lanes.BYTES;

  private NarrowBlocks() {}

  /** Six rows. */
  static void six(
      long a, long aStep, long b, long bStep, long c, long cStep, int steps, boolean fresh) {
    long cHigh = c + BYTES;
    FloatVector s00 = FloatVector.zero(F32);
    FloatVector s01 = FloatVector.zero(F32);
    FloatVector s10 = FloatVector.zero(F32);
    FloatVector s11 = FloatVector.zero(F32);
    FloatVector s20 = FloatVector.zero(F32);
    FloatVector s21 = FloatVector.zero(F32);
    FloatVector s30 = FloatVector.zero(F32);
    FloatVector s31 = FloatVector.zero(F32);
    FloatVector s40 = FloatVector.zero(F32);
    FloatVector s41 = FloatVector.zero(F32);
    FloatVector s50 = FloatVector.zero(F32);
    FloatVector s51 = FloatVector.zero(F32);
    if (!fresh) {
      s00 = FloatVector.fromMemorySegment(F32, ALL, c, LE);
      s01 = FloatVector.fromMemorySegment(F32, ALL, cHigh, LE);
      s10 = FloatVector.fromMemorySegment(F32, ALL, c + cStep, LE);
      s11 = FloatVector.fromMemorySegment(F32, ALL, cHigh + cStep, LE);
      s20 = FloatVector.fromMemorySegment(F32, ALL, c + 2 * cStep, LE);
      s21 = FloatVector.fromMemorySegment(F32, ALL, cHigh + 2 * cStep, LE);
      s30 = FloatVector.fromMemorySegment(F32, ALL, c + 3 * cStep, LE);
      s31 = FloatVector.fromMemorySegment(F32, ALL, cHigh + 3 * cStep, LE);
      s40 = FloatVector.fromMemorySegment(F32, ALL, c + 4 * cStep, LE);
      s41 = FloatVector.fromMemorySegment(F32, ALL, cHigh + 4 * cStep, LE);
      s50 = FloatVector.fromMemorySegment(F32, ALL, c + 5 * cStep, LE);
      s51 = FloatVector.fromMemorySegment(F32, ALL, cHigh + 5 * cStep, LE);
    }
    long step = aStep & Memory.DISTANCE;
    long from = a;
    long end = a + 4L * steps;
    long right = b;
    while (from != end) {
      long at = right & Memory.ADDRESS;
      long x = from & Memory.ADDRESS;
      long y = x + 3 * step;
      FloatVector b0 = FloatVector.fromMemorySegment(F32, ALL, at, LE);
      FloatVector b1 = FloatVector.fromMemorySegment(F32, ALL, at + BYTES, LE);
      FloatVector x0 = FloatVector.broadcast(F32, ALL.get(Memory.F32, x));
      s00 = x0.fma(b0, s00);
      s01 = x0.fma(b1, s01);
      FloatVector x1 = FloatVector.broadcast(F32, ALL.get(Memory.F32, x + step));
      s10 = x1.fma(b0, s10);
      s11 = x1.fma(b1, s11);
      FloatVector x2 = FloatVector.broadcast(F32, ALL.get(Memory.F32, x + 2 * step));
      s20 = x2.fma(b0, s20);
      s21 = x2.fma(b1, s21);
      FloatVector x3 = FloatVector.broadcast(F32, ALL.get(Memory.F32, y));
      s30 = x3.fma(b0, s30);
      s31 = x3.fma(b1, s31);
      FloatVector x4 = FloatVector.broadcast(F32, ALL.get(Memory.F32, y + step));
      s40 = x4.fma(b0, s40);
      s41 = x4.fma(b1, s41);
      FloatVector x5 = FloatVector.broadcast(F32, ALL.get(Memory.F32, y + 2 * step));
      s50 = x5.fma(b0, s50);
      s51 = x5.fma(b1, s51);
      from += 4;
      right += bStep;
    }
    s00.intoMemorySegment(ALL, c, LE);
    s01.intoMemorySegment(ALL, cHigh, LE);
    s10.intoMemorySegment(ALL, c + cStep, LE);
    s11.intoMemorySegment(ALL, cHigh + cStep, LE);
    s20.intoMemorySegment(ALL, c + 2 * cStep, LE);
    s21.intoMemorySegment(ALL, cHigh + 2 * cStep, LE);
    s30.intoMemorySegment(ALL, c + 3 * cStep, LE);
    s31.intoMemorySegment(ALL, cHigh + 3 * cStep, LE);
    s40.intoMemorySegment(ALL, c + 4 * cStep, LE);
    s41.intoMemorySegment(ALL, cHigh + 4 * cStep, LE);
    s50.intoMemorySegment(ALL, c + 5 * cStep, LE);
    s51.intoMemorySegment(ALL, cHigh + 5 * cStep, LE);
  }

  /** Three rows. */
  static void three(
      long a, long aStep, long b, long bStep, long c, long cStep, int steps, boolean fresh) {
    long cHigh = c + BYTES;
    FloatVector s00 = FloatVector.zero(F32);
    FloatVector s01 = FloatVector.zero(F32);
    FloatVector s10 = FloatVector.zero(F32);
    FloatVector s11 = FloatVector.zero(F32);
    FloatVector s20 = FloatVector.zero(F32);
    FloatVector s21 = FloatVector.zero(F32);
    if (!fresh) {
      s00 = FloatVector.fromMemorySegment(F32, ALL, c, LE);
      s01 = FloatVector.fromMemorySegment(F32, ALL, cHigh, LE);
      s10 = FloatVector.fromMemorySegment(F32, ALL, c + cStep, LE);
      s11 = FloatVector.fromMemorySegment(F32, ALL, cHigh + cStep, LE);
      s20 = FloatVector.fromMemorySegment(F32, ALL, c + 2 * cStep, LE);
      s21 = FloatVector.fromMemorySegment(F32, ALL, cHigh + 2 * cStep, LE);
    }
    long step = aStep & Memory.DISTANCE;
    long from = a;
    long end = a + 4L * steps;
    long right = b;
    while (from != end) {
      long at = right & Memory.ADDRESS;
      long x = from & Memory.ADDRESS;
      FloatVector b0 = FloatVector.fromMemorySegment(F32, ALL, at, LE);
      FloatVector b1 = FloatVector.fromMemorySegment(F32, ALL, at + BYTES, LE);
      FloatVector x0 = FloatVector.broadcast(F32, ALL.get(Memory.F32, x));
      s00 = x0.fma(b0, s00);
      s01 = x0.fma(b1, s01);
      FloatVector x1 = FloatVector.broadcast(F32, ALL.get(Memory.F32, x + step));
      s10 = x1.fma(b0, s10);
      s11 = x1.fma(b1, s11);
      FloatVector x2 = FloatVector.broadcast(F32, ALL.get(Memory.F32, x + 2 * step));
      s20 = x2.fma(b0, s20);
      s21 = x2.fma(b1, s21);
      from += 4;
      right += bStep;
    }
    s00.intoMemorySegment(ALL, c, LE);
    s01.intoMemorySegment(ALL, cHigh, LE);
    s10.intoMemorySegment(ALL, c + cStep, LE);
    s11.intoMemorySegment(ALL, cHigh + cStep, LE);
    s20.intoMemorySegment(ALL, c + 2 * cStep, LE);
    s21.intoMemorySegment(ALL, cHigh + 2 * cStep, LE);
  }
}
