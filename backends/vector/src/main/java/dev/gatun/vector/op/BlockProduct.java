package dev.gatun.vector.op;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;

/**
 * {@code C += A B} for matrices that lie in the first- or second-level cache, in register blocks of
 * rows of A by vectors of columns of B. The sum over k runs in order in every block, so that an
 * element's value does not depend on where the block's borders fall.
 */
final class BlockProduct {
  private static final int V = Width.LANES;
  private static final long BYTES = Width.BYTES;

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
    int row = 0;
    if (Width.BITS == 512) {
      for (; row <= m - 4; row += 4) {
        long from = aAt + 4L * row * aStride;
        long to = cAt + 4L * row * cStride;
        int column = 0;
        for (; column <= n - 4 * V; column += 4 * V) {
          four(
              a,
              from,
              4L * aStride,
              b,
              bAt + 4L * column,
              4L * bStride,
              c,
              to + 4L * column,
              4L * cStride,
              fromK,
              toK,
              fresh);
        }
        rest(a, from, aStride, b, bAt, bStride, c, to, cStride, 4, column, n, fromK, toK, fresh);
      }
    }
    for (; row <= m - 2; row += 2) {
      long from = aAt + 4L * row * aStride;
      long to = cAt + 4L * row * cStride;
      int column = 0;
      for (; column <= n - 4 * V; column += 4 * V) {
        two(
            a,
            from,
            4L * aStride,
            b,
            bAt + 4L * column,
            4L * bStride,
            c,
            to + 4L * column,
            4L * cStride,
            fromK,
            toK,
            fresh);
      }
      rest(a, from, aStride, b, bAt, bStride, c, to, cStride, 2, column, n, fromK, toK, fresh);
    }
    if (row < m) {
      long from = aAt + 4L * row * aStride;
      long to = cAt + 4L * row * cStride;
      int column = 0;
      for (; column <= n - 4 * V; column += 4 * V) {
        one(a, from, b, bAt + 4L * column, 4L * bStride, c, to + 4L * column, fromK, toK, fresh);
      }
      rest(a, from, aStride, b, bAt, bStride, c, to, cStride, 1, column, n, fromK, toK, fresh);
    }
  }

  /** Columns from {@code column} on, a vector and then an element at a time. */
  private static void rest(
      MemorySegment a,
      long aAt,
      int aStride,
      MemorySegment b,
      long bAt,
      int bStride,
      MemorySegment c,
      long cAt,
      int cStride,
      int rows,
      int column,
      int n,
      int fromK,
      int toK,
      boolean fresh) {
    for (int row = 0; row < rows && column < n; row++) {
      long from = aAt + 4L * row * aStride;
      long to = cAt + 4L * row * cStride;
      int i = column;
      for (; i <= n - V; i += V) {
        single(a, from, b, bAt + 4L * i, 4L * bStride, c, to + 4L * i, fromK, toK, fresh);
      }
      for (; i < n; i++) {
        element(a, from, b, bAt + 4L * i, 4L * bStride, c, to + 4L * i, fromK, toK, fresh);
      }
    }
  }

  private static void four(
      MemorySegment a,
      long aAt,
      long aStep,
      MemorySegment b,
      long bAt,
      long bStep,
      MemorySegment c,
      long cAt,
      long cStep,
      int fromK,
      int toK,
      boolean fresh) {
    FloatVector s00 = FloatVector.zero(Width.F32);
    FloatVector s01 = FloatVector.zero(Width.F32);
    FloatVector s02 = FloatVector.zero(Width.F32);
    FloatVector s03 = FloatVector.zero(Width.F32);
    FloatVector s10 = FloatVector.zero(Width.F32);
    FloatVector s11 = FloatVector.zero(Width.F32);
    FloatVector s12 = FloatVector.zero(Width.F32);
    FloatVector s13 = FloatVector.zero(Width.F32);
    FloatVector s20 = FloatVector.zero(Width.F32);
    FloatVector s21 = FloatVector.zero(Width.F32);
    FloatVector s22 = FloatVector.zero(Width.F32);
    FloatVector s23 = FloatVector.zero(Width.F32);
    FloatVector s30 = FloatVector.zero(Width.F32);
    FloatVector s31 = FloatVector.zero(Width.F32);
    FloatVector s32 = FloatVector.zero(Width.F32);
    FloatVector s33 = FloatVector.zero(Width.F32);
    if (!fresh) {
      s00 = FloatVector.fromMemorySegment(Width.F32, c, cAt, Width.LE);
      s01 = FloatVector.fromMemorySegment(Width.F32, c, cAt + BYTES, Width.LE);
      s02 = FloatVector.fromMemorySegment(Width.F32, c, cAt + 2 * BYTES, Width.LE);
      s03 = FloatVector.fromMemorySegment(Width.F32, c, cAt + 3 * BYTES, Width.LE);
      s10 = FloatVector.fromMemorySegment(Width.F32, c, cAt + cStep, Width.LE);
      s11 = FloatVector.fromMemorySegment(Width.F32, c, cAt + cStep + BYTES, Width.LE);
      s12 = FloatVector.fromMemorySegment(Width.F32, c, cAt + cStep + 2 * BYTES, Width.LE);
      s13 = FloatVector.fromMemorySegment(Width.F32, c, cAt + cStep + 3 * BYTES, Width.LE);
      s20 = FloatVector.fromMemorySegment(Width.F32, c, cAt + 2 * cStep, Width.LE);
      s21 = FloatVector.fromMemorySegment(Width.F32, c, cAt + 2 * cStep + BYTES, Width.LE);
      s22 = FloatVector.fromMemorySegment(Width.F32, c, cAt + 2 * cStep + 2 * BYTES, Width.LE);
      s23 = FloatVector.fromMemorySegment(Width.F32, c, cAt + 2 * cStep + 3 * BYTES, Width.LE);
      s30 = FloatVector.fromMemorySegment(Width.F32, c, cAt + 3 * cStep, Width.LE);
      s31 = FloatVector.fromMemorySegment(Width.F32, c, cAt + 3 * cStep + BYTES, Width.LE);
      s32 = FloatVector.fromMemorySegment(Width.F32, c, cAt + 3 * cStep + 2 * BYTES, Width.LE);
      s33 = FloatVector.fromMemorySegment(Width.F32, c, cAt + 3 * cStep + 3 * BYTES, Width.LE);
    }
    for (int k = fromK; k < toK; k++) {
      long at = bAt + k * bStep;
      FloatVector b0 = FloatVector.fromMemorySegment(Width.F32, b, at, Width.LE);
      FloatVector b1 = FloatVector.fromMemorySegment(Width.F32, b, at + BYTES, Width.LE);
      FloatVector b2 = FloatVector.fromMemorySegment(Width.F32, b, at + 2 * BYTES, Width.LE);
      FloatVector b3 = FloatVector.fromMemorySegment(Width.F32, b, at + 3 * BYTES, Width.LE);
      FloatVector x0 =
          FloatVector.broadcast(Width.F32, a.get(ValueLayout.JAVA_FLOAT_UNALIGNED, aAt + 4L * k));
      s00 = x0.fma(b0, s00);
      s01 = x0.fma(b1, s01);
      s02 = x0.fma(b2, s02);
      s03 = x0.fma(b3, s03);
      FloatVector x1 =
          FloatVector.broadcast(
              Width.F32, a.get(ValueLayout.JAVA_FLOAT_UNALIGNED, aAt + aStep + 4L * k));
      s10 = x1.fma(b0, s10);
      s11 = x1.fma(b1, s11);
      s12 = x1.fma(b2, s12);
      s13 = x1.fma(b3, s13);
      FloatVector x2 =
          FloatVector.broadcast(
              Width.F32, a.get(ValueLayout.JAVA_FLOAT_UNALIGNED, aAt + 2 * aStep + 4L * k));
      s20 = x2.fma(b0, s20);
      s21 = x2.fma(b1, s21);
      s22 = x2.fma(b2, s22);
      s23 = x2.fma(b3, s23);
      FloatVector x3 =
          FloatVector.broadcast(
              Width.F32, a.get(ValueLayout.JAVA_FLOAT_UNALIGNED, aAt + 3 * aStep + 4L * k));
      s30 = x3.fma(b0, s30);
      s31 = x3.fma(b1, s31);
      s32 = x3.fma(b2, s32);
      s33 = x3.fma(b3, s33);
    }
    s00.intoMemorySegment(c, cAt, Width.LE);
    s01.intoMemorySegment(c, cAt + BYTES, Width.LE);
    s02.intoMemorySegment(c, cAt + 2 * BYTES, Width.LE);
    s03.intoMemorySegment(c, cAt + 3 * BYTES, Width.LE);
    s10.intoMemorySegment(c, cAt + cStep, Width.LE);
    s11.intoMemorySegment(c, cAt + cStep + BYTES, Width.LE);
    s12.intoMemorySegment(c, cAt + cStep + 2 * BYTES, Width.LE);
    s13.intoMemorySegment(c, cAt + cStep + 3 * BYTES, Width.LE);
    s20.intoMemorySegment(c, cAt + 2 * cStep, Width.LE);
    s21.intoMemorySegment(c, cAt + 2 * cStep + BYTES, Width.LE);
    s22.intoMemorySegment(c, cAt + 2 * cStep + 2 * BYTES, Width.LE);
    s23.intoMemorySegment(c, cAt + 2 * cStep + 3 * BYTES, Width.LE);
    s30.intoMemorySegment(c, cAt + 3 * cStep, Width.LE);
    s31.intoMemorySegment(c, cAt + 3 * cStep + BYTES, Width.LE);
    s32.intoMemorySegment(c, cAt + 3 * cStep + 2 * BYTES, Width.LE);
    s33.intoMemorySegment(c, cAt + 3 * cStep + 3 * BYTES, Width.LE);
  }

  private static void two(
      MemorySegment a,
      long aAt,
      long aStep,
      MemorySegment b,
      long bAt,
      long bStep,
      MemorySegment c,
      long cAt,
      long cStep,
      int fromK,
      int toK,
      boolean fresh) {
    FloatVector s00 = FloatVector.zero(Width.F32);
    FloatVector s01 = FloatVector.zero(Width.F32);
    FloatVector s02 = FloatVector.zero(Width.F32);
    FloatVector s03 = FloatVector.zero(Width.F32);
    FloatVector s10 = FloatVector.zero(Width.F32);
    FloatVector s11 = FloatVector.zero(Width.F32);
    FloatVector s12 = FloatVector.zero(Width.F32);
    FloatVector s13 = FloatVector.zero(Width.F32);
    if (!fresh) {
      s00 = FloatVector.fromMemorySegment(Width.F32, c, cAt, Width.LE);
      s01 = FloatVector.fromMemorySegment(Width.F32, c, cAt + BYTES, Width.LE);
      s02 = FloatVector.fromMemorySegment(Width.F32, c, cAt + 2 * BYTES, Width.LE);
      s03 = FloatVector.fromMemorySegment(Width.F32, c, cAt + 3 * BYTES, Width.LE);
      s10 = FloatVector.fromMemorySegment(Width.F32, c, cAt + cStep, Width.LE);
      s11 = FloatVector.fromMemorySegment(Width.F32, c, cAt + cStep + BYTES, Width.LE);
      s12 = FloatVector.fromMemorySegment(Width.F32, c, cAt + cStep + 2 * BYTES, Width.LE);
      s13 = FloatVector.fromMemorySegment(Width.F32, c, cAt + cStep + 3 * BYTES, Width.LE);
    }
    for (int k = fromK; k < toK; k++) {
      long at = bAt + k * bStep;
      FloatVector b0 = FloatVector.fromMemorySegment(Width.F32, b, at, Width.LE);
      FloatVector b1 = FloatVector.fromMemorySegment(Width.F32, b, at + BYTES, Width.LE);
      FloatVector b2 = FloatVector.fromMemorySegment(Width.F32, b, at + 2 * BYTES, Width.LE);
      FloatVector b3 = FloatVector.fromMemorySegment(Width.F32, b, at + 3 * BYTES, Width.LE);
      FloatVector x0 =
          FloatVector.broadcast(Width.F32, a.get(ValueLayout.JAVA_FLOAT_UNALIGNED, aAt + 4L * k));
      s00 = x0.fma(b0, s00);
      s01 = x0.fma(b1, s01);
      s02 = x0.fma(b2, s02);
      s03 = x0.fma(b3, s03);
      FloatVector x1 =
          FloatVector.broadcast(
              Width.F32, a.get(ValueLayout.JAVA_FLOAT_UNALIGNED, aAt + aStep + 4L * k));
      s10 = x1.fma(b0, s10);
      s11 = x1.fma(b1, s11);
      s12 = x1.fma(b2, s12);
      s13 = x1.fma(b3, s13);
    }
    s00.intoMemorySegment(c, cAt, Width.LE);
    s01.intoMemorySegment(c, cAt + BYTES, Width.LE);
    s02.intoMemorySegment(c, cAt + 2 * BYTES, Width.LE);
    s03.intoMemorySegment(c, cAt + 3 * BYTES, Width.LE);
    s10.intoMemorySegment(c, cAt + cStep, Width.LE);
    s11.intoMemorySegment(c, cAt + cStep + BYTES, Width.LE);
    s12.intoMemorySegment(c, cAt + cStep + 2 * BYTES, Width.LE);
    s13.intoMemorySegment(c, cAt + cStep + 3 * BYTES, Width.LE);
  }

  private static void one(
      MemorySegment a,
      long aAt,
      MemorySegment b,
      long bAt,
      long bStep,
      MemorySegment c,
      long cAt,
      int fromK,
      int toK,
      boolean fresh) {
    FloatVector s00 = FloatVector.zero(Width.F32);
    FloatVector s01 = FloatVector.zero(Width.F32);
    FloatVector s02 = FloatVector.zero(Width.F32);
    FloatVector s03 = FloatVector.zero(Width.F32);
    if (!fresh) {
      s00 = FloatVector.fromMemorySegment(Width.F32, c, cAt, Width.LE);
      s01 = FloatVector.fromMemorySegment(Width.F32, c, cAt + BYTES, Width.LE);
      s02 = FloatVector.fromMemorySegment(Width.F32, c, cAt + 2 * BYTES, Width.LE);
      s03 = FloatVector.fromMemorySegment(Width.F32, c, cAt + 3 * BYTES, Width.LE);
    }
    for (int k = fromK; k < toK; k++) {
      long at = bAt + k * bStep;
      FloatVector b0 = FloatVector.fromMemorySegment(Width.F32, b, at, Width.LE);
      FloatVector b1 = FloatVector.fromMemorySegment(Width.F32, b, at + BYTES, Width.LE);
      FloatVector b2 = FloatVector.fromMemorySegment(Width.F32, b, at + 2 * BYTES, Width.LE);
      FloatVector b3 = FloatVector.fromMemorySegment(Width.F32, b, at + 3 * BYTES, Width.LE);
      FloatVector x0 =
          FloatVector.broadcast(Width.F32, a.get(ValueLayout.JAVA_FLOAT_UNALIGNED, aAt + 4L * k));
      s00 = x0.fma(b0, s00);
      s01 = x0.fma(b1, s01);
      s02 = x0.fma(b2, s02);
      s03 = x0.fma(b3, s03);
    }
    s00.intoMemorySegment(c, cAt, Width.LE);
    s01.intoMemorySegment(c, cAt + BYTES, Width.LE);
    s02.intoMemorySegment(c, cAt + 2 * BYTES, Width.LE);
    s03.intoMemorySegment(c, cAt + 3 * BYTES, Width.LE);
  }

  private static void single(
      MemorySegment a,
      long aAt,
      MemorySegment b,
      long bAt,
      long bStep,
      MemorySegment c,
      long cAt,
      int fromK,
      int toK,
      boolean fresh) {
    FloatVector s00 = FloatVector.zero(Width.F32);
    if (!fresh) {
      s00 = FloatVector.fromMemorySegment(Width.F32, c, cAt, Width.LE);
    }
    for (int k = fromK; k < toK; k++) {
      long at = bAt + k * bStep;
      FloatVector b0 = FloatVector.fromMemorySegment(Width.F32, b, at, Width.LE);
      FloatVector x0 =
          FloatVector.broadcast(Width.F32, a.get(ValueLayout.JAVA_FLOAT_UNALIGNED, aAt + 4L * k));
      s00 = x0.fma(b0, s00);
    }
    s00.intoMemorySegment(c, cAt, Width.LE);
  }

  private static void element(
      MemorySegment a,
      long aAt,
      MemorySegment b,
      long bAt,
      long bStep,
      MemorySegment c,
      long cAt,
      int fromK,
      int toK,
      boolean fresh) {
    float sum = fresh ? 0 : c.get(ValueLayout.JAVA_FLOAT_UNALIGNED, cAt);
    for (int k = fromK; k < toK; k++) {
      float x = a.get(ValueLayout.JAVA_FLOAT_UNALIGNED, aAt + 4L * k);
      sum = Math.fma(x, b.get(ValueLayout.JAVA_FLOAT_UNALIGNED, bAt + k * bStep), sum);
    }
    c.set(ValueLayout.JAVA_FLOAT_UNALIGNED, cAt, sum);
  }
}
