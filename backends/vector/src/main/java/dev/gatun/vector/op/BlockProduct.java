package dev.gatun.vector.op;

import static dev.gatun.vector.simd.Lanes.F32;
import static dev.gatun.vector.simd.Lanes.LE;
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
    long aStep = 4L * aStride;
    long bStep = 4L * bStride;
    long cStep = 4L * cStride;
    long from = rows + 4L * fromK;
    long to = sums;
    int row = 0;
    while (row < m) {
      int count = rowsOf(m - row);
      rows(from, aStep, steps + fromK * bStep, bStep, to, cStep, count, n, toK - fromK, fresh);
      row += count;
      from += count * aStep;
      to += count * cStep;
    }
  }

  /** Rows of the next block, of those left. */
  private static int rowsOf(int left) {
    if (Lanes.MANY_REGISTERS) {
      return Math.min(4, left);
    }
    return left < 6 ? Math.min(3, left) : 6;
  }

  /** One to four rows, or six. */
  private static void rows(
      long a,
      long aStep,
      long b,
      long bStep,
      long c,
      long cStep,
      int rows,
      int n,
      int steps,
      boolean fresh) {
    int column = 0;
    int width = !Lanes.MANY_REGISTERS && rows >= 3 ? 2 * V : 4 * V;
    for (; column <= n - width; column += width) {
      long right = b + 4L * column;
      long to = c + 4L * column;
      switch (rows) {
        case 1 -> one(a, right, bStep, to, steps, fresh);
        case 2 -> two(a, aStep, right, bStep, to, cStep, steps, fresh);
        case 6 -> NarrowBlocks.six(a, aStep, right, bStep, to, cStep, steps, fresh);
        default -> {
          if (Lanes.MANY_REGISTERS) {
            int last = rows - 1;
            four(a, aStep, last * aStep, right, bStep, to, cStep, last * cStep, steps, fresh);
          } else {
            NarrowBlocks.three(a, aStep, right, bStep, to, cStep, steps, fresh);
          }
        }
      }
    }
    for (int row = 0; row < rows && column < n; row++) {
      rest(a + row * aStep, b, bStep, c + row * cStep, column, n, steps, fresh);
    }
  }

  /** One row's columns from {@code column} on, a vector and then an element at a time. */
  private static void rest(
      long a, long b, long bStep, long c, int column, int n, int steps, boolean fresh) {
    int i = column;
    for (; i <= n - V; i += V) {
      single(a, b + 4L * i, bStep, c + 4L * i, steps, fresh);
    }
    for (; i < n; i++) {
      element(a, b + 4L * i, bStep, c + 4L * i, steps, fresh);
    }
  }

  /** Four rows by four vectors; three rows when the last is given as the third again. */
  private static void four(
      long a,
      long aStep,
      long aLast,
      long b,
      long bStep,
      long c,
      long cStep,
      long cLast,
      int steps,
      boolean fresh) {
    FloatVector s00 = FloatVector.zero(F32);
    FloatVector s01 = FloatVector.zero(F32);
    FloatVector s02 = FloatVector.zero(F32);
    FloatVector s03 = FloatVector.zero(F32);
    FloatVector s10 = FloatVector.zero(F32);
    FloatVector s11 = FloatVector.zero(F32);
    FloatVector s12 = FloatVector.zero(F32);
    FloatVector s13 = FloatVector.zero(F32);
    FloatVector s20 = FloatVector.zero(F32);
    FloatVector s21 = FloatVector.zero(F32);
    FloatVector s22 = FloatVector.zero(F32);
    FloatVector s23 = FloatVector.zero(F32);
    FloatVector s30 = FloatVector.zero(F32);
    FloatVector s31 = FloatVector.zero(F32);
    FloatVector s32 = FloatVector.zero(F32);
    FloatVector s33 = FloatVector.zero(F32);
    if (!fresh) {
      s00 = FloatVector.fromMemorySegment(F32, ALL, c, LE);
      s01 = FloatVector.fromMemorySegment(F32, ALL, c + BYTES, LE);
      s02 = FloatVector.fromMemorySegment(F32, ALL, c + 2 * BYTES, LE);
      s03 = FloatVector.fromMemorySegment(F32, ALL, c + 3 * BYTES, LE);
      s10 = FloatVector.fromMemorySegment(F32, ALL, c + cStep, LE);
      s11 = FloatVector.fromMemorySegment(F32, ALL, c + cStep + BYTES, LE);
      s12 = FloatVector.fromMemorySegment(F32, ALL, c + cStep + 2 * BYTES, LE);
      s13 = FloatVector.fromMemorySegment(F32, ALL, c + cStep + 3 * BYTES, LE);
      s20 = FloatVector.fromMemorySegment(F32, ALL, c + 2 * cStep, LE);
      s21 = FloatVector.fromMemorySegment(F32, ALL, c + 2 * cStep + BYTES, LE);
      s22 = FloatVector.fromMemorySegment(F32, ALL, c + 2 * cStep + 2 * BYTES, LE);
      s23 = FloatVector.fromMemorySegment(F32, ALL, c + 2 * cStep + 3 * BYTES, LE);
      s30 = FloatVector.fromMemorySegment(F32, ALL, c + cLast, LE);
      s31 = FloatVector.fromMemorySegment(F32, ALL, c + cLast + BYTES, LE);
      s32 = FloatVector.fromMemorySegment(F32, ALL, c + cLast + 2 * BYTES, LE);
      s33 = FloatVector.fromMemorySegment(F32, ALL, c + cLast + 3 * BYTES, LE);
    }
    long x = a;
    long end = a + 4L * steps;
    long at = b;
    while (x != end) {
      FloatVector b0 = FloatVector.fromMemorySegment(F32, ALL, at, LE);
      FloatVector b1 = FloatVector.fromMemorySegment(F32, ALL, at + BYTES, LE);
      FloatVector b2 = FloatVector.fromMemorySegment(F32, ALL, at + 2 * BYTES, LE);
      FloatVector b3 = FloatVector.fromMemorySegment(F32, ALL, at + 3 * BYTES, LE);
      FloatVector x0 = FloatVector.broadcast(F32, ALL.get(Memory.F32, x));
      s00 = x0.fma(b0, s00);
      s01 = x0.fma(b1, s01);
      s02 = x0.fma(b2, s02);
      s03 = x0.fma(b3, s03);
      FloatVector x1 = FloatVector.broadcast(F32, ALL.get(Memory.F32, x + aStep));
      s10 = x1.fma(b0, s10);
      s11 = x1.fma(b1, s11);
      s12 = x1.fma(b2, s12);
      s13 = x1.fma(b3, s13);
      FloatVector x2 = FloatVector.broadcast(F32, ALL.get(Memory.F32, x + 2 * aStep));
      s20 = x2.fma(b0, s20);
      s21 = x2.fma(b1, s21);
      s22 = x2.fma(b2, s22);
      s23 = x2.fma(b3, s23);
      FloatVector x3 = FloatVector.broadcast(F32, ALL.get(Memory.F32, x + aLast));
      s30 = x3.fma(b0, s30);
      s31 = x3.fma(b1, s31);
      s32 = x3.fma(b2, s32);
      s33 = x3.fma(b3, s33);
      x += 4;
      at += bStep;
    }
    s00.intoMemorySegment(ALL, c, LE);
    s01.intoMemorySegment(ALL, c + BYTES, LE);
    s02.intoMemorySegment(ALL, c + 2 * BYTES, LE);
    s03.intoMemorySegment(ALL, c + 3 * BYTES, LE);
    s10.intoMemorySegment(ALL, c + cStep, LE);
    s11.intoMemorySegment(ALL, c + cStep + BYTES, LE);
    s12.intoMemorySegment(ALL, c + cStep + 2 * BYTES, LE);
    s13.intoMemorySegment(ALL, c + cStep + 3 * BYTES, LE);
    s20.intoMemorySegment(ALL, c + 2 * cStep, LE);
    s21.intoMemorySegment(ALL, c + 2 * cStep + BYTES, LE);
    s22.intoMemorySegment(ALL, c + 2 * cStep + 2 * BYTES, LE);
    s23.intoMemorySegment(ALL, c + 2 * cStep + 3 * BYTES, LE);
    s30.intoMemorySegment(ALL, c + cLast, LE);
    s31.intoMemorySegment(ALL, c + cLast + BYTES, LE);
    s32.intoMemorySegment(ALL, c + cLast + 2 * BYTES, LE);
    s33.intoMemorySegment(ALL, c + cLast + 3 * BYTES, LE);
  }

  /** Two rows by four vectors. */
  private static void two(
      long a, long aStep, long b, long bStep, long c, long cStep, int steps, boolean fresh) {
    FloatVector s00 = FloatVector.zero(F32);
    FloatVector s01 = FloatVector.zero(F32);
    FloatVector s02 = FloatVector.zero(F32);
    FloatVector s03 = FloatVector.zero(F32);
    FloatVector s10 = FloatVector.zero(F32);
    FloatVector s11 = FloatVector.zero(F32);
    FloatVector s12 = FloatVector.zero(F32);
    FloatVector s13 = FloatVector.zero(F32);
    if (!fresh) {
      s00 = FloatVector.fromMemorySegment(F32, ALL, c, LE);
      s01 = FloatVector.fromMemorySegment(F32, ALL, c + BYTES, LE);
      s02 = FloatVector.fromMemorySegment(F32, ALL, c + 2 * BYTES, LE);
      s03 = FloatVector.fromMemorySegment(F32, ALL, c + 3 * BYTES, LE);
      s10 = FloatVector.fromMemorySegment(F32, ALL, c + cStep, LE);
      s11 = FloatVector.fromMemorySegment(F32, ALL, c + cStep + BYTES, LE);
      s12 = FloatVector.fromMemorySegment(F32, ALL, c + cStep + 2 * BYTES, LE);
      s13 = FloatVector.fromMemorySegment(F32, ALL, c + cStep + 3 * BYTES, LE);
    }
    long x = a;
    long end = a + 4L * steps;
    long at = b;
    while (x != end) {
      FloatVector b0 = FloatVector.fromMemorySegment(F32, ALL, at, LE);
      FloatVector b1 = FloatVector.fromMemorySegment(F32, ALL, at + BYTES, LE);
      FloatVector b2 = FloatVector.fromMemorySegment(F32, ALL, at + 2 * BYTES, LE);
      FloatVector b3 = FloatVector.fromMemorySegment(F32, ALL, at + 3 * BYTES, LE);
      FloatVector x0 = FloatVector.broadcast(F32, ALL.get(Memory.F32, x));
      s00 = x0.fma(b0, s00);
      s01 = x0.fma(b1, s01);
      s02 = x0.fma(b2, s02);
      s03 = x0.fma(b3, s03);
      FloatVector x1 = FloatVector.broadcast(F32, ALL.get(Memory.F32, x + aStep));
      s10 = x1.fma(b0, s10);
      s11 = x1.fma(b1, s11);
      s12 = x1.fma(b2, s12);
      s13 = x1.fma(b3, s13);
      x += 4;
      at += bStep;
    }
    s00.intoMemorySegment(ALL, c, LE);
    s01.intoMemorySegment(ALL, c + BYTES, LE);
    s02.intoMemorySegment(ALL, c + 2 * BYTES, LE);
    s03.intoMemorySegment(ALL, c + 3 * BYTES, LE);
    s10.intoMemorySegment(ALL, c + cStep, LE);
    s11.intoMemorySegment(ALL, c + cStep + BYTES, LE);
    s12.intoMemorySegment(ALL, c + cStep + 2 * BYTES, LE);
    s13.intoMemorySegment(ALL, c + cStep + 3 * BYTES, LE);
  }

  /** A row by four vectors. */
  private static void one(long a, long b, long bStep, long c, int steps, boolean fresh) {
    FloatVector s0 = FloatVector.zero(F32);
    FloatVector s1 = FloatVector.zero(F32);
    FloatVector s2 = FloatVector.zero(F32);
    FloatVector s3 = FloatVector.zero(F32);
    if (!fresh) {
      s0 = FloatVector.fromMemorySegment(F32, ALL, c, LE);
      s1 = FloatVector.fromMemorySegment(F32, ALL, c + BYTES, LE);
      s2 = FloatVector.fromMemorySegment(F32, ALL, c + 2 * BYTES, LE);
      s3 = FloatVector.fromMemorySegment(F32, ALL, c + 3 * BYTES, LE);
    }
    long x = a;
    long end = a + 4L * steps;
    long at = b;
    while (x != end) {
      FloatVector b0 = FloatVector.fromMemorySegment(F32, ALL, at, LE);
      FloatVector b1 = FloatVector.fromMemorySegment(F32, ALL, at + BYTES, LE);
      FloatVector b2 = FloatVector.fromMemorySegment(F32, ALL, at + 2 * BYTES, LE);
      FloatVector b3 = FloatVector.fromMemorySegment(F32, ALL, at + 3 * BYTES, LE);
      FloatVector x0 = FloatVector.broadcast(F32, ALL.get(Memory.F32, x));
      s0 = x0.fma(b0, s0);
      s1 = x0.fma(b1, s1);
      s2 = x0.fma(b2, s2);
      s3 = x0.fma(b3, s3);
      x += 4;
      at += bStep;
    }
    s0.intoMemorySegment(ALL, c, LE);
    s1.intoMemorySegment(ALL, c + BYTES, LE);
    s2.intoMemorySegment(ALL, c + 2 * BYTES, LE);
    s3.intoMemorySegment(ALL, c + 3 * BYTES, LE);
  }

  /** A row by one vector. */
  private static void single(long a, long b, long bStep, long c, int steps, boolean fresh) {
    FloatVector sum = FloatVector.zero(F32);
    if (!fresh) {
      sum = FloatVector.fromMemorySegment(F32, ALL, c, LE);
    }
    long x = a;
    long end = a + 4L * steps;
    long at = b;
    while (x != end) {
      FloatVector b0 = FloatVector.fromMemorySegment(F32, ALL, at, LE);
      FloatVector x0 = FloatVector.broadcast(F32, ALL.get(Memory.F32, x));
      sum = x0.fma(b0, sum);
      x += 4;
      at += bStep;
    }
    sum.intoMemorySegment(ALL, c, LE);
  }

  private static void element(long a, long b, long bStep, long c, int steps, boolean fresh) {
    float sum = fresh ? 0 : ALL.get(Memory.F32, c);
    for (int k = 0; k < steps; k++) {
      float x = ALL.get(Memory.F32, a + 4L * k);
      sum = Math.fma(x, ALL.get(Memory.F32, b + k * bStep), sum);
    }
    ALL.set(Memory.F32, c, sum);
  }
}
