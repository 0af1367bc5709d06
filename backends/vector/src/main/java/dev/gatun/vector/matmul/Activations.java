package dev.gatun.vector.matmul;

import static dev.gatun.vector.simd.Memory.ALL;

import dev.gatun.vector.simd.Memory;

/**
 * What {@link TiledMatMul#prepare} makes of X.
 *
 * <p>Several rows: groups of 8 rows as {@code [k][8]}, then what is left in groups of 4 as {@code
 * [k][4]}, the last one padded with zeros. One row: the sums of each 16 consecutive elements, with
 * which the streaming kernels correct the offsets of their integer fields.
 */
final class Activations {
  static final int GROUP = 8;
  static final int TAIL_GROUP = 4;

  /** Elements in one of the sums. */
  static final int SUM = 16;

  private Activations() {}

  static long bytes(int m, int k) {
    // One row takes half a tail group, so that m rows never take more than m times one row.
    long rows = (m + TAIL_GROUP - 1) / TAIL_GROUP * (long) TAIL_GROUP;
    return m == 1 ? 8L * k : 4L * k * rows;
  }

  /** Start of the group that row {@code row} begins; a multiple of the group size. */
  static long at(int row, int k) {
    return 4L * k * row;
  }

  static int groupSize(int row, int m) {
    return row < m / GROUP * GROUP ? GROUP : TAIL_GROUP;
  }

  static void interleave(long x, int m, int k, long to, int from, int end) {
    int row = from;
    while (row < end) {
      int size = groupSize(row, m);
      int first = row / GROUP * GROUP;
      first += (row - first) / size * size;
      int last = Math.min(first + size, end);
      long group = to + at(first, k);
      for (int r = row; r < last; r++) {
        scatter(x + 4L * r * k, k, group + 4L * (r - first), 4L * size);
      }
      if (last == m) {
        for (int r = m; r < first + size; r++) {
          clear(k, group + 4L * (r - first), 4L * size);
        }
      }
      row = last;
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
