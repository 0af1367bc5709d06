package dev.gatun.vector.matmul;

import static dev.gatun.vector.simd.Memory.ALL;

import dev.gatun.vector.simd.Memory;

/**
 * The eight 6-bit scales and eight 6-bit minimums in twelve bytes of Q4_K and Q5_K: the low bits of
 * the first four of each fill bytes 0-3 and 4-7, whose upper two bits are the high bits of the last
 * four; bytes 8-11 hold the low nibbles of the last four, scale below minimum.
 */
final class SubScales {
  private SubScales() {}

  /** Scales i and i + 1, then minimums i and i + 1, a byte each from the lowest on. */
  static int pair(long at, int i) {
    return scale(at, i)
        | (scale(at, i + 1) << 8)
        | (minimum(at, i) << 16)
        | (minimum(at, i + 1) << 24);
  }

  /** Scale i, and in the next byte minimum i. */
  static int both(long at, int i) {
    return scale(at, i) | (minimum(at, i) << 8);
  }

  private static int scale(long at, int i) {
    if (i < 4) {
      return ALL.get(Memory.I8, at + i) & 63;
    }
    int low = ALL.get(Memory.I8, at + 4 + i) & 15;
    return low | ((ALL.get(Memory.I8, at + i - 4) >> 6 & 3) << 4);
  }

  private static int minimum(long at, int i) {
    if (i < 4) {
      return ALL.get(Memory.I8, at + 4 + i) & 63;
    }
    int low = ALL.get(Memory.I8, at + 4 + i) >> 4 & 15;
    return low | ((ALL.get(Memory.I8, at + i) >> 6 & 3) << 4);
  }
}
