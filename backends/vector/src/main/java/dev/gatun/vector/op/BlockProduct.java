package dev.gatun.vector.op;

import static dev.gatun.vector.simd.Memory.ALL;

import dev.gatun.vector.simd.Lanes;
import dev.gatun.vector.simd.Memory;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/**
 * {@code C += A B} for matrices that lie in the first- or second-level cache, in register blocks of
 * rows of A by vectors of columns of B. The sum over k runs in order in every block, so that an
 * element's value does not depend on where the block's borders fall.
 */
final class BlockProduct {
  private static final int V = Lanes.COUNT;
  private static final long BYTES = Lanes.BYTES;

  private BlockProduct() {}

  /**
   * Adds the product over k in [fromK, toK).
   *
   * @param aStride elements from one row of A to the next; likewise the others
   * @param fresh whether C starts from 0
   */
  static void add(
      MemorySegment a,
      long aAt,
      int aStride,
      MemorySegment b,
      long bAt,
      int bStride,
      MemorySegment c,
      long cAt,
      int cStride,
      int m,
      int n,
      int fromK,
      int toK,
      boolean fresh) {
    if (m == 0 || n == 0) {
      return;
    }
    long rows = Memory.address(a, aAt, 4L * ((long) (m - 1) * aStride + toK));
    long steps = Memory.address(b, bAt, toK == 0 ? 0 : 4L * ((long) (toK - 1) * bStride + n));
    long sums = Memory.address(c, cAt, 4L * ((long) (m - 1) * cStride + n));
    add(rows, aStride, steps, bStride, sums, cStride, m, n, fromK, toK, fresh);
  }

  private static void add(
      long a,
      int aStride,
      long b,
      int bStride,
      long c,
      int cStride,
      int m,
      int n,
      int fromK,
      int toK,
      boolean fresh) {
    int row = 0;
    if (Lanes.BITS == 512) {
      for (; row <= m - 4; row += 4) {
        long from = a + 4L * row * aStride;
        long to = c + 4L * row * cStride;
        int column = 0;
        for (; column <= n - 4 * V; column += 4 * V) {
          four(
              from,
              4L * aStride,
              b + 4L * column,
              4L * bStride,
              to + 4L * column,
              4L * cStride,
              fromK,
              toK,
              fresh);
        }
        rest(from, aStride, b, bStride, to, cStride, 4, column, n, fromK, toK, fresh);
      }
    }
    for (; row <= m - 2; row += 2) {
      long from = a + 4L * row * aStride;
      long to = c + 4L * row * cStride;
      int column = 0;
      for (; column <= n - 4 * V; column += 4 * V) {
        two(
            from,
            4L * aStride,
            b + 4L * column,
            4L * bStride,
            to + 4L * column,
            4L * cStride,
            fromK,
            toK,
            fresh);
      }
      rest(from, aStride, b, bStride, to, cStride, 2, column, n, fromK, toK, fresh);
    }
    if (row < m) {
      long from = a + 4L * row * aStride;
      long to = c + 4L * row * cStride;
      int column = 0;
      for (; column <= n - 4 * V; column += 4 * V) {
        one(from, b + 4L * column, 4L * bStride, to + 4L * column, fromK, toK, fresh);
      }
      rest(from, aStride, b, bStride, to, cStride, 1, column, n, fromK, toK, fresh);
    }
  }

  /** Columns from {@code column} on, a vector and then an element at a time. */
  private static void rest(
      long a,
      int aStride,
      long b,
      int bStride,
      long c,
      int cStride,
      int rows,
      int column,
      int n,
      int fromK,
      int toK,
      boolean fresh) {
    for (int row = 0; row < rows && column < n; row++) {
      long from = a + 4L * row * aStride;
      long to = c + 4L * row * cStride;
      int i = column;
      for (; i <= n - V; i += V) {
        single(from, b + 4L * i, 4L * bStride, to + 4L * i, fromK, toK, fresh);
      }
      for (; i < n; i++) {
        element(from, b + 4L * i, 4L * bStride, to + 4L * i, fromK, toK, fresh);
      }
    }
  }

  private static void four(
      long a,
      long aStep,
      long b,
      long bStep,
      long c,
      long cStep,
      int fromK,
      int toK,
      boolean fresh) {
    FloatVector s00 = FloatVector.zero(Lanes.F32);
    FloatVector s01 = FloatVector.zero(Lanes.F32);
    FloatVector s02 = FloatVector.zero(Lanes.F32);
    FloatVector s03 = FloatVector.zero(Lanes.F32);
    FloatVector s10 = FloatVector.zero(Lanes.F32);
    FloatVector s11 = FloatVector.zero(Lanes.F32);
    FloatVector s12 = FloatVector.zero(Lanes.F32);
    FloatVector s13 = FloatVector.zero(Lanes.F32);
    FloatVector s20 = FloatVector.zero(Lanes.F32);
    FloatVector s21 = FloatVector.zero(Lanes.F32);
    FloatVector s22 = FloatVector.zero(Lanes.F32);
    FloatVector s23 = FloatVector.zero(Lanes.F32);
    FloatVector s30 = FloatVector.zero(Lanes.F32);
    FloatVector s31 = FloatVector.zero(Lanes.F32);
    FloatVector s32 = FloatVector.zero(Lanes.F32);
    FloatVector s33 = FloatVector.zero(Lanes.F32);
    if (!fresh) {
      s00 = FloatVector.fromMemorySegment(Lanes.F32, ALL, c, Lanes.LE);
      s01 = FloatVector.fromMemorySegment(Lanes.F32, ALL, c + BYTES, Lanes.LE);
      s02 = FloatVector.fromMemorySegment(Lanes.F32, ALL, c + 2 * BYTES, Lanes.LE);
      s03 = FloatVector.fromMemorySegment(Lanes.F32, ALL, c + 3 * BYTES, Lanes.LE);
      s10 = FloatVector.fromMemorySegment(Lanes.F32, ALL, c + cStep, Lanes.LE);
      s11 = FloatVector.fromMemorySegment(Lanes.F32, ALL, c + cStep + BYTES, Lanes.LE);
      s12 = FloatVector.fromMemorySegment(Lanes.F32, ALL, c + cStep + 2 * BYTES, Lanes.LE);
      s13 = FloatVector.fromMemorySegment(Lanes.F32, ALL, c + cStep + 3 * BYTES, Lanes.LE);
      s20 = FloatVector.fromMemorySegment(Lanes.F32, ALL, c + 2 * cStep, Lanes.LE);
      s21 = FloatVector.fromMemorySegment(Lanes.F32, ALL, c + 2 * cStep + BYTES, Lanes.LE);
      s22 = FloatVector.fromMemorySegment(Lanes.F32, ALL, c + 2 * cStep + 2 * BYTES, Lanes.LE);
      s23 = FloatVector.fromMemorySegment(Lanes.F32, ALL, c + 2 * cStep + 3 * BYTES, Lanes.LE);
      s30 = FloatVector.fromMemorySegment(Lanes.F32, ALL, c + 3 * cStep, Lanes.LE);
      s31 = FloatVector.fromMemorySegment(Lanes.F32, ALL, c + 3 * cStep + BYTES, Lanes.LE);
      s32 = FloatVector.fromMemorySegment(Lanes.F32, ALL, c + 3 * cStep + 2 * BYTES, Lanes.LE);
      s33 = FloatVector.fromMemorySegment(Lanes.F32, ALL, c + 3 * cStep + 3 * BYTES, Lanes.LE);
    }
    for (int k = fromK; k < toK; k++) {
      long at = b + k * bStep;
      FloatVector b0 = FloatVector.fromMemorySegment(Lanes.F32, ALL, at, Lanes.LE);
      FloatVector b1 = FloatVector.fromMemorySegment(Lanes.F32, ALL, at + BYTES, Lanes.LE);
      FloatVector b2 = FloatVector.fromMemorySegment(Lanes.F32, ALL, at + 2 * BYTES, Lanes.LE);
      FloatVector b3 = FloatVector.fromMemorySegment(Lanes.F32, ALL, at + 3 * BYTES, Lanes.LE);
      FloatVector x0 = FloatVector.broadcast(Lanes.F32, ALL.get(Memory.F32, a + 4L * k));
      s00 = x0.fma(b0, s00);
      s01 = x0.fma(b1, s01);
      s02 = x0.fma(b2, s02);
      s03 = x0.fma(b3, s03);
      FloatVector x1 = FloatVector.broadcast(Lanes.F32, ALL.get(Memory.F32, a + aStep + 4L * k));
      s10 = x1.fma(b0, s10);
      s11 = x1.fma(b1, s11);
      s12 = x1.fma(b2, s12);
      s13 = x1.fma(b3, s13);
      FloatVector x2 =
          FloatVector.broadcast(Lanes.F32, ALL.get(Memory.F32, a + 2 * aStep + 4L * k));
      s20 = x2.fma(b0, s20);
      s21 = x2.fma(b1, s21);
      s22 = x2.fma(b2, s22);
      s23 = x2.fma(b3, s23);
      FloatVector x3 =
          FloatVector.broadcast(Lanes.F32, ALL.get(Memory.F32, a + 3 * aStep + 4L * k));
      s30 = x3.fma(b0, s30);
      s31 = x3.fma(b1, s31);
      s32 = x3.fma(b2, s32);
      s33 = x3.fma(b3, s33);
    }
    s00.intoMemorySegment(ALL, c, Lanes.LE);
    s01.intoMemorySegment(ALL, c + BYTES, Lanes.LE);
    s02.intoMemorySegment(ALL, c + 2 * BYTES, Lanes.LE);
    s03.intoMemorySegment(ALL, c + 3 * BYTES, Lanes.LE);
    s10.intoMemorySegment(ALL, c + cStep, Lanes.LE);
    s11.intoMemorySegment(ALL, c + cStep + BYTES, Lanes.LE);
    s12.intoMemorySegment(ALL, c + cStep + 2 * BYTES, Lanes.LE);
    s13.intoMemorySegment(ALL, c + cStep + 3 * BYTES, Lanes.LE);
    s20.intoMemorySegment(ALL, c + 2 * cStep, Lanes.LE);
    s21.intoMemorySegment(ALL, c + 2 * cStep + BYTES, Lanes.LE);
    s22.intoMemorySegment(ALL, c + 2 * cStep + 2 * BYTES, Lanes.LE);
    s23.intoMemorySegment(ALL, c + 2 * cStep + 3 * BYTES, Lanes.LE);
    s30.intoMemorySegment(ALL, c + 3 * cStep, Lanes.LE);
    s31.intoMemorySegment(ALL, c + 3 * cStep + BYTES, Lanes.LE);
    s32.intoMemorySegment(ALL, c + 3 * cStep + 2 * BYTES, Lanes.LE);
    s33.intoMemorySegment(ALL, c + 3 * cStep + 3 * BYTES, Lanes.LE);
  }

  private static void two(
      long a,
      long aStep,
      long b,
      long bStep,
      long c,
      long cStep,
      int fromK,
      int toK,
      boolean fresh) {
    FloatVector s00 = FloatVector.zero(Lanes.F32);
    FloatVector s01 = FloatVector.zero(Lanes.F32);
    FloatVector s02 = FloatVector.zero(Lanes.F32);
    FloatVector s03 = FloatVector.zero(Lanes.F32);
    FloatVector s10 = FloatVector.zero(Lanes.F32);
    FloatVector s11 = FloatVector.zero(Lanes.F32);
    FloatVector s12 = FloatVector.zero(Lanes.F32);
    FloatVector s13 = FloatVector.zero(Lanes.F32);
    if (!fresh) {
      s00 = FloatVector.fromMemorySegment(Lanes.F32, ALL, c, Lanes.LE);
      s01 = FloatVector.fromMemorySegment(Lanes.F32, ALL, c + BYTES, Lanes.LE);
      s02 = FloatVector.fromMemorySegment(Lanes.F32, ALL, c + 2 * BYTES, Lanes.LE);
      s03 = FloatVector.fromMemorySegment(Lanes.F32, ALL, c + 3 * BYTES, Lanes.LE);
      s10 = FloatVector.fromMemorySegment(Lanes.F32, ALL, c + cStep, Lanes.LE);
      s11 = FloatVector.fromMemorySegment(Lanes.F32, ALL, c + cStep + BYTES, Lanes.LE);
      s12 = FloatVector.fromMemorySegment(Lanes.F32, ALL, c + cStep + 2 * BYTES, Lanes.LE);
      s13 = FloatVector.fromMemorySegment(Lanes.F32, ALL, c + cStep + 3 * BYTES, Lanes.LE);
    }
    for (int k = fromK; k < toK; k++) {
      long at = b + k * bStep;
      FloatVector b0 = FloatVector.fromMemorySegment(Lanes.F32, ALL, at, Lanes.LE);
      FloatVector b1 = FloatVector.fromMemorySegment(Lanes.F32, ALL, at + BYTES, Lanes.LE);
      FloatVector b2 = FloatVector.fromMemorySegment(Lanes.F32, ALL, at + 2 * BYTES, Lanes.LE);
      FloatVector b3 = FloatVector.fromMemorySegment(Lanes.F32, ALL, at + 3 * BYTES, Lanes.LE);
      FloatVector x0 = FloatVector.broadcast(Lanes.F32, ALL.get(Memory.F32, a + 4L * k));
      s00 = x0.fma(b0, s00);
      s01 = x0.fma(b1, s01);
      s02 = x0.fma(b2, s02);
      s03 = x0.fma(b3, s03);
      FloatVector x1 = FloatVector.broadcast(Lanes.F32, ALL.get(Memory.F32, a + aStep + 4L * k));
      s10 = x1.fma(b0, s10);
      s11 = x1.fma(b1, s11);
      s12 = x1.fma(b2, s12);
      s13 = x1.fma(b3, s13);
    }
    s00.intoMemorySegment(ALL, c, Lanes.LE);
    s01.intoMemorySegment(ALL, c + BYTES, Lanes.LE);
    s02.intoMemorySegment(ALL, c + 2 * BYTES, Lanes.LE);
    s03.intoMemorySegment(ALL, c + 3 * BYTES, Lanes.LE);
    s10.intoMemorySegment(ALL, c + cStep, Lanes.LE);
    s11.intoMemorySegment(ALL, c + cStep + BYTES, Lanes.LE);
    s12.intoMemorySegment(ALL, c + cStep + 2 * BYTES, Lanes.LE);
    s13.intoMemorySegment(ALL, c + cStep + 3 * BYTES, Lanes.LE);
  }

  private static void one(long a, long b, long bStep, long c, int fromK, int toK, boolean fresh) {
    FloatVector s00 = FloatVector.zero(Lanes.F32);
    FloatVector s01 = FloatVector.zero(Lanes.F32);
    FloatVector s02 = FloatVector.zero(Lanes.F32);
    FloatVector s03 = FloatVector.zero(Lanes.F32);
    if (!fresh) {
      s00 = FloatVector.fromMemorySegment(Lanes.F32, ALL, c, Lanes.LE);
      s01 = FloatVector.fromMemorySegment(Lanes.F32, ALL, c + BYTES, Lanes.LE);
      s02 = FloatVector.fromMemorySegment(Lanes.F32, ALL, c + 2 * BYTES, Lanes.LE);
      s03 = FloatVector.fromMemorySegment(Lanes.F32, ALL, c + 3 * BYTES, Lanes.LE);
    }
    for (int k = fromK; k < toK; k++) {
      long at = b + k * bStep;
      FloatVector b0 = FloatVector.fromMemorySegment(Lanes.F32, ALL, at, Lanes.LE);
      FloatVector b1 = FloatVector.fromMemorySegment(Lanes.F32, ALL, at + BYTES, Lanes.LE);
      FloatVector b2 = FloatVector.fromMemorySegment(Lanes.F32, ALL, at + 2 * BYTES, Lanes.LE);
      FloatVector b3 = FloatVector.fromMemorySegment(Lanes.F32, ALL, at + 3 * BYTES, Lanes.LE);
      FloatVector x0 = FloatVector.broadcast(Lanes.F32, ALL.get(Memory.F32, a + 4L * k));
      s00 = x0.fma(b0, s00);
      s01 = x0.fma(b1, s01);
      s02 = x0.fma(b2, s02);
      s03 = x0.fma(b3, s03);
    }
    s00.intoMemorySegment(ALL, c, Lanes.LE);
    s01.intoMemorySegment(ALL, c + BYTES, Lanes.LE);
    s02.intoMemorySegment(ALL, c + 2 * BYTES, Lanes.LE);
    s03.intoMemorySegment(ALL, c + 3 * BYTES, Lanes.LE);
  }

  private static void single(
      long a, long b, long bStep, long c, int fromK, int toK, boolean fresh) {
    FloatVector s00 = FloatVector.zero(Lanes.F32);
    if (!fresh) {
      s00 = FloatVector.fromMemorySegment(Lanes.F32, ALL, c, Lanes.LE);
    }
    for (int k = fromK; k < toK; k++) {
      long at = b + k * bStep;
      FloatVector b0 = FloatVector.fromMemorySegment(Lanes.F32, ALL, at, Lanes.LE);
      FloatVector x0 = FloatVector.broadcast(Lanes.F32, ALL.get(Memory.F32, a + 4L * k));
      s00 = x0.fma(b0, s00);
    }
    s00.intoMemorySegment(ALL, c, Lanes.LE);
  }

  private static void element(
      long a, long b, long bStep, long c, int fromK, int toK, boolean fresh) {
    float sum = fresh ? 0 : ALL.get(Memory.F32, c);
    for (int k = fromK; k < toK; k++) {
      float x = ALL.get(Memory.F32, a + 4L * k);
      sum = Math.fma(x, ALL.get(Memory.F32, b + k * bStep), sum);
    }
    ALL.set(Memory.F32, c, sum);
  }
}
