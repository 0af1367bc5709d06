package dev.gatun.vector.op;

import static dev.gatun.vector.simd.Lanes.F32;
import static dev.gatun.vector.simd.Lanes.LE;
import static dev.gatun.vector.simd.Memory.ALL;

import dev.gatun.vector.simd.Lanes;
import dev.gatun.vector.simd.Memory;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;

/**
 * Sums of a tile of channels by a tile of pixels in registers: each starts from its channel's bias,
 * and for each entry of a table, the byte offset of a row of x, adds the products of the channels'
 * weights with the pixels there. Weights of a tile are [depth, channels].
 */
final class ConvolutionTiles {
  static final ValueLayout.OfLong I64 = ValueLayout.JAVA_LONG_UNALIGNED;

  private static final long BYTES = Lanes.BYTES;

  private ConvolutionTiles() {}

  /** Four channels by four vectors. */
  static void fourByFour(
      long weights, long bias, long x, long table, int depth, long y, long yStep) {
    FloatVector s00 = FloatVector.broadcast(F32, ALL.get(Memory.F32, bias + 0));
    FloatVector s01 = s00;
    FloatVector s02 = s00;
    FloatVector s03 = s00;
    FloatVector s10 = FloatVector.broadcast(F32, ALL.get(Memory.F32, bias + 4));
    FloatVector s11 = s10;
    FloatVector s12 = s10;
    FloatVector s13 = s10;
    FloatVector s20 = FloatVector.broadcast(F32, ALL.get(Memory.F32, bias + 8));
    FloatVector s21 = s20;
    FloatVector s22 = s20;
    FloatVector s23 = s20;
    FloatVector s30 = FloatVector.broadcast(F32, ALL.get(Memory.F32, bias + 12));
    FloatVector s31 = s30;
    FloatVector s32 = s30;
    FloatVector s33 = s30;
    long w = weights;
    long end = weights + 16L * depth;
    long offset = table;
    while (w != end) {
      long at = x + ALL.get(I64, offset);
      FloatVector x0 = FloatVector.fromMemorySegment(F32, ALL, at, LE);
      FloatVector x1 = FloatVector.fromMemorySegment(F32, ALL, at + BYTES, LE);
      FloatVector x2 = FloatVector.fromMemorySegment(F32, ALL, at + 2 * BYTES, LE);
      FloatVector x3 = FloatVector.fromMemorySegment(F32, ALL, at + 3 * BYTES, LE);
      FloatVector w0 = FloatVector.broadcast(F32, ALL.get(Memory.F32, w));
      s00 = w0.fma(x0, s00);
      s01 = w0.fma(x1, s01);
      s02 = w0.fma(x2, s02);
      s03 = w0.fma(x3, s03);
      FloatVector w1 = FloatVector.broadcast(F32, ALL.get(Memory.F32, w + 4));
      s10 = w1.fma(x0, s10);
      s11 = w1.fma(x1, s11);
      s12 = w1.fma(x2, s12);
      s13 = w1.fma(x3, s13);
      FloatVector w2 = FloatVector.broadcast(F32, ALL.get(Memory.F32, w + 8));
      s20 = w2.fma(x0, s20);
      s21 = w2.fma(x1, s21);
      s22 = w2.fma(x2, s22);
      s23 = w2.fma(x3, s23);
      FloatVector w3 = FloatVector.broadcast(F32, ALL.get(Memory.F32, w + 12));
      s30 = w3.fma(x0, s30);
      s31 = w3.fma(x1, s31);
      s32 = w3.fma(x2, s32);
      s33 = w3.fma(x3, s33);
      w += 16;
      offset += 8;
    }
    s00.intoMemorySegment(ALL, y, LE);
    s01.intoMemorySegment(ALL, y + BYTES, LE);
    s02.intoMemorySegment(ALL, y + 2 * BYTES, LE);
    s03.intoMemorySegment(ALL, y + 3 * BYTES, LE);
    s10.intoMemorySegment(ALL, y + yStep, LE);
    s11.intoMemorySegment(ALL, y + yStep + BYTES, LE);
    s12.intoMemorySegment(ALL, y + yStep + 2 * BYTES, LE);
    s13.intoMemorySegment(ALL, y + yStep + 3 * BYTES, LE);
    s20.intoMemorySegment(ALL, y + 2 * yStep, LE);
    s21.intoMemorySegment(ALL, y + 2 * yStep + BYTES, LE);
    s22.intoMemorySegment(ALL, y + 2 * yStep + 2 * BYTES, LE);
    s23.intoMemorySegment(ALL, y + 2 * yStep + 3 * BYTES, LE);
    s30.intoMemorySegment(ALL, y + 3 * yStep, LE);
    s31.intoMemorySegment(ALL, y + 3 * yStep + BYTES, LE);
    s32.intoMemorySegment(ALL, y + 3 * yStep + 2 * BYTES, LE);
    s33.intoMemorySegment(ALL, y + 3 * yStep + 3 * BYTES, LE);
  }

  /** Four channels by two vectors. */
  static void fourByTwo(
      long weights, long bias, long x, long table, int depth, long y, long yStep) {
    FloatVector s00 = FloatVector.broadcast(F32, ALL.get(Memory.F32, bias + 0));
    FloatVector s01 = s00;
    FloatVector s10 = FloatVector.broadcast(F32, ALL.get(Memory.F32, bias + 4));
    FloatVector s11 = s10;
    FloatVector s20 = FloatVector.broadcast(F32, ALL.get(Memory.F32, bias + 8));
    FloatVector s21 = s20;
    FloatVector s30 = FloatVector.broadcast(F32, ALL.get(Memory.F32, bias + 12));
    FloatVector s31 = s30;
    long w = weights;
    long end = weights + 16L * depth;
    long offset = table;
    while (w != end) {
      long at = (x + ALL.get(I64, offset & Memory.ADDRESS)) & Memory.ADDRESS;
      long v = w & Memory.ADDRESS;
      FloatVector x0 = FloatVector.fromMemorySegment(F32, ALL, at, LE);
      FloatVector x1 = FloatVector.fromMemorySegment(F32, ALL, at + BYTES, LE);
      FloatVector w0 = FloatVector.broadcast(F32, ALL.get(Memory.F32, v));
      s00 = w0.fma(x0, s00);
      s01 = w0.fma(x1, s01);
      FloatVector w1 = FloatVector.broadcast(F32, ALL.get(Memory.F32, v + 4));
      s10 = w1.fma(x0, s10);
      s11 = w1.fma(x1, s11);
      FloatVector w2 = FloatVector.broadcast(F32, ALL.get(Memory.F32, v + 8));
      s20 = w2.fma(x0, s20);
      s21 = w2.fma(x1, s21);
      FloatVector w3 = FloatVector.broadcast(F32, ALL.get(Memory.F32, v + 12));
      s30 = w3.fma(x0, s30);
      s31 = w3.fma(x1, s31);
      w += 16;
      offset += 8;
    }
    s00.intoMemorySegment(ALL, y, LE);
    s01.intoMemorySegment(ALL, y + BYTES, LE);
    s10.intoMemorySegment(ALL, y + yStep, LE);
    s11.intoMemorySegment(ALL, y + yStep + BYTES, LE);
    s20.intoMemorySegment(ALL, y + 2 * yStep, LE);
    s21.intoMemorySegment(ALL, y + 2 * yStep + BYTES, LE);
    s30.intoMemorySegment(ALL, y + 3 * yStep, LE);
    s31.intoMemorySegment(ALL, y + 3 * yStep + BYTES, LE);
  }

  /** Four channels by a vector. */
  static void fourByOne(
      long weights, long bias, long x, long table, int depth, long y, long yStep) {
    FloatVector s00 = FloatVector.broadcast(F32, ALL.get(Memory.F32, bias + 0));
    FloatVector s10 = FloatVector.broadcast(F32, ALL.get(Memory.F32, bias + 4));
    FloatVector s20 = FloatVector.broadcast(F32, ALL.get(Memory.F32, bias + 8));
    FloatVector s30 = FloatVector.broadcast(F32, ALL.get(Memory.F32, bias + 12));
    long w = weights;
    long end = weights + 16L * depth;
    long offset = table;
    while (w != end) {
      long at = (x + ALL.get(I64, offset & Memory.ADDRESS)) & Memory.ADDRESS;
      long v = w & Memory.ADDRESS;
      FloatVector x0 = FloatVector.fromMemorySegment(F32, ALL, at, LE);
      FloatVector w0 = FloatVector.broadcast(F32, ALL.get(Memory.F32, v));
      s00 = w0.fma(x0, s00);
      FloatVector w1 = FloatVector.broadcast(F32, ALL.get(Memory.F32, v + 4));
      s10 = w1.fma(x0, s10);
      FloatVector w2 = FloatVector.broadcast(F32, ALL.get(Memory.F32, v + 8));
      s20 = w2.fma(x0, s20);
      FloatVector w3 = FloatVector.broadcast(F32, ALL.get(Memory.F32, v + 12));
      s30 = w3.fma(x0, s30);
      w += 16;
      offset += 8;
    }
    s00.intoMemorySegment(ALL, y, LE);
    s10.intoMemorySegment(ALL, y + yStep, LE);
    s20.intoMemorySegment(ALL, y + 2 * yStep, LE);
    s30.intoMemorySegment(ALL, y + 3 * yStep, LE);
  }

  /** A channel by four vectors. */
  static void oneByFour(long weights, long bias, long x, long table, int depth, long y) {
    FloatVector s00 = FloatVector.broadcast(F32, ALL.get(Memory.F32, bias + 0));
    FloatVector s01 = s00;
    FloatVector s02 = s00;
    FloatVector s03 = s00;
    long w = weights;
    long end = weights + 4L * depth;
    long offset = table;
    while (w != end) {
      long at = x + ALL.get(I64, offset);
      FloatVector x0 = FloatVector.fromMemorySegment(F32, ALL, at, LE);
      FloatVector x1 = FloatVector.fromMemorySegment(F32, ALL, at + BYTES, LE);
      FloatVector x2 = FloatVector.fromMemorySegment(F32, ALL, at + 2 * BYTES, LE);
      FloatVector x3 = FloatVector.fromMemorySegment(F32, ALL, at + 3 * BYTES, LE);
      FloatVector w0 = FloatVector.broadcast(F32, ALL.get(Memory.F32, w));
      s00 = w0.fma(x0, s00);
      s01 = w0.fma(x1, s01);
      s02 = w0.fma(x2, s02);
      s03 = w0.fma(x3, s03);
      w += 4;
      offset += 8;
    }
    s00.intoMemorySegment(ALL, y, LE);
    s01.intoMemorySegment(ALL, y + BYTES, LE);
    s02.intoMemorySegment(ALL, y + 2 * BYTES, LE);
    s03.intoMemorySegment(ALL, y + 3 * BYTES, LE);
  }

  /** A channel by a vector. */
  static void oneByOne(long weights, long bias, long x, long table, int depth, long y) {
    FloatVector s00 = FloatVector.broadcast(F32, ALL.get(Memory.F32, bias + 0));
    long w = weights;
    long end = weights + 4L * depth;
    long offset = table;
    while (w != end) {
      long at = x + ALL.get(I64, offset);
      FloatVector x0 = FloatVector.fromMemorySegment(F32, ALL, at, LE);
      FloatVector w0 = FloatVector.broadcast(F32, ALL.get(Memory.F32, w));
      s00 = w0.fma(x0, s00);
      w += 4;
      offset += 8;
    }
    s00.intoMemorySegment(ALL, y, LE);
  }
}
