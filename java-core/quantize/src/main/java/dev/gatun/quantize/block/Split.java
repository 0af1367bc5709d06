package dev.gatun.quantize.block;

/**
 * The order of a sub-block's values, for formats of three levels: sorted, a choice of levels is two
 * places where the levels change, and sums up to a place are all that a fit needs.
 */
final class Split {
  final int[] order;

  Split(int n) {
    order = new int[n];
  }

  /**
   * Sorts; equal values keep their order. ggml leaves that to the C library's {@code qsort}, which
   * in glibc is a merge sort and does the same.
   */
  void sort(float[] x, int from) {
    for (int i = 0; i < order.length; i++) {
      int place = i;
      while (place > 0 && x[from + i] < x[from + order[place - 1]]) {
        order[place] = order[place - 1];
        place--;
      }
      order[place] = i;
    }
  }

  /** Level 0 before the first place, 1 between the places, 2 from the second on. */
  void levels(int first, int second, byte[] levels) {
    for (int j = 0; j < order.length; j++) {
      levels[order[j]] = (byte) (j < first ? 0 : j < second ? 1 : 2);
    }
  }

  static void mirror(byte[] levels) {
    for (int i = 0; i < levels.length; i++) {
      levels[i] = (byte) (2 - levels[i]);
    }
  }
}
