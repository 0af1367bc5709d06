package dev.gatun.vector.matmul;

import dev.gatun.vector.simd.Constants;

/**
 * Eight 6-bit fields: 4-bit fields as in {@link Nibbles}, but turned left by one bit, and their
 * high bits, two each, in 16 bits beside the word. A field at bit 17 or bit 13 leaves room for its
 * high bits above it. One shift of the 16 bits serves two fields, because their high bits stand
 * four bits apart: those of fields 1, 3, 5, 7 at bits 0, 2, 8, 10 and those of 0, 2, 4, 6 four bits
 * higher.
 */
final class SixBits {
  static final int UPPER = 0xf << 17;
  static final int LOWER = 0xf << 13;
  static final int UPPER_BITS = 3 << 21;
  static final int LOWER_BITS = 3 << 17;

  /** 64: the float whose bit 17 has the weight 1. */
  static final int UPPER_ONE = 0x4280_0000;

  /** 1024: the float whose bit 13 has the weight 1. */
  static final int LOWER_ONE = 0x4480_0000;

  static final float UPPER_OFFSET = -64;
  static final float LOWER_OFFSET = -1024;

  /** Where the numbers above stand for loops that use them often, see {@link Constants}. */
  static final long UPPER_AT = Constants.address(UPPER);

  static final long LOWER_AT = Constants.address(LOWER);
  static final long UPPER_BITS_AT = Constants.address(UPPER_BITS);
  static final long LOWER_BITS_AT = Constants.address(LOWER_BITS);
  static final long LOWER_ONE_AT = Constants.address(LOWER_ONE);

  private SixBits() {}

  static int turn(int quants) {
    return Integer.rotateLeft(quants, 1);
  }

  /**
   * The bits beside a word.
   *
   * @param bits in each of four bytes, the lowest two bits belong to an even field, the two that
   *     stand four higher to an odd one
   */
  static short planes(int bits) {
    return (short) ((spread(bits) << 4) | spread(bits >>> 4));
  }

  /** The lowest two bits of each of four bytes to the bits 0, 2, 8 and 10. */
  private static int spread(int bits) {
    return (bits & 3)
        | ((bits >>> 8 & 3) << 2)
        | ((bits >>> 16 & 3) << 8)
        | ((bits >>> 24 & 3) << 10);
  }
}
