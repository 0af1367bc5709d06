package dev.gatun.vector.matmul;

import static dev.gatun.vector.simd.Memory.ALL;

import dev.gatun.vector.simd.Lanes;
import dev.gatun.vector.simd.Memory;

/**
 * What {@link TiledMatMul#prepare} makes of X.
 *
 * <p>Several rows: groups of 8 rows as {@code [k][8]}, of which 6 are used where there are 16
 * vector registers, then what is left in groups of 4 as {@code [k][4]}, the last one padded with
 * zeros. One row: the sums of each 16 consecutive elements, with which the streaming kernels
 * correct the offsets of their integer fields.
 */
final class Activations {
  /** Rows in a group: as many columns as two vectors of rows have sums in registers. */
  static final int GROUP = Lanes.MANY_REGISTERS ? 8 : 6;

  /** Floats in a step of a group: with any other number the compiler checks each address. */
  static final int SLOTS = 8;

  static final int TAIL_GROUP = 4;

  /** Elements in one of the sums. */
  static final int SUM = 16;

  private Activations() {}

  static long bytes(int m, int k) {
    // One row takes half a tail group, so that m rows never take more than m times one row.
    int tail = (m % GROUP + TAIL_GROUP - 1) / TAIL_GROUP * TAIL_GROUP;
    return m == 1 ? 8L * k : 4L * k * (m / GROUP * SLOTS + tail);
  }

  /** Start of the group that row {@code row} begins. */
  static long at(int row, int k) {
    return 4L * k * (row / GROUP * SLOTS + row % GROUP);
  }

  /** Floats from one step of a group of {@code size} to the next. */
  static int slots(int size) {
    return size == GROUP ? SLOTS : TAIL_GROUP;
  }

  static int groupSize(int row, int m) {
    return row < m / GROUP * GROUP ? GROUP : TAIL_GROUP;
  }

  static void interleave(long x, int m, int k, long to, int from, int end) {
    int row = from;
    while (row < end) {
      int size = groupSize(row, m);
      long step = 4L * slots(size);
      int first = row / GROUP * GROUP;
      first += (row - first) / size * size;
      int last = Math.min(first + size, end);
      long group = to + at(first, k);
      if (last - row == GROUP) {
        whole(x + 4L * row * k, k, group);
      } else {
        for (int r = row; r < last; r++) {
          scatter(x + 4L * r * k, k, group + 4L * (r - first), step);
        }
      }
      if (last == m) {
        for (int r = m; r < first + size; r++) {
          clear(k, group + 4L * (r - first), step);
        }
      }
      row = last;
    }
  }

  /** A whole group: written from its start to its end, which is several times as fast. */
  private static void whole(long x, int k, long to) {
    long row = 4L * k;
    long at = x;
    long end = x + row;
    long out = to;
    while (at != end) {
      ALL.set(Memory.F32, out, ALL.get(Memory.F32, at));
      ALL.set(Memory.F32, out + 4, ALL.get(Memory.F32, at + row));
      ALL.set(Memory.F32, out + 8, ALL.get(Memory.F32, at + 2 * row));
      ALL.set(Memory.F32, out + 12, ALL.get(Memory.F32, at + 3 * row));
      ALL.set(Memory.F32, out + 16, ALL.get(Memory.F32, at + 4 * row));
      ALL.set(Memory.F32, out + 20, ALL.get(Memory.F32, at + 5 * row));
      if (GROUP == 8) {
        ALL.set(Memory.F32, out + 24, ALL.get(Memory.F32, at + 6 * row));
        ALL.set(Memory.F32, out + 28, ALL.get(Memory.F32, at + 7 * row));
      }
      at += 4;
      out += 4 * SLOTS;
    }
  }

  private static void scatter(long x, int k, long to, long stride) {
    for (int i = 0; i < k; i++) {
      ALL.set(Memory.F32, to + i * stride, ALL.get(Memory.F32, x + 4L * i));
    }
  }

  private static void clear(int k, long to, long stride) {
    for (int i = 0; i < k; i++) {
      ALL.set(Memory.F32, to + i * stride, 0);
    }
  }

  /**
   * Sums of each whole 16 elements, in one order: {@code reduceLanes} adds in another order once it
   * is compiled, and the same row must give the same product every time.
   */
  static void sums(long x, int k, long to) {
    for (int i = 0; i < k / SUM; i++) {
      long from = x + 64L * i;
      float a = 0;
      float b = 0;
      float c = 0;
      float d = 0;
      for (int j = 0; j < SUM; j += 4) {
        a += ALL.get(Memory.F32, from + 4L * j);
        b += ALL.get(Memory.F32, from + 4L * j + 4);
        c += ALL.get(Memory.F32, from + 4L * j + 8);
        d += ALL.get(Memory.F32, from + 4L * j + 12);
      }
      ALL.set(Memory.F32, to + 4L * i, (a + b) + (c + d));
    }
  }
}
