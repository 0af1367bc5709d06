package dev.gatun.vector.matmul;

import dev.gatun.vector.simd.Constants;

/**
 * Eight 5-bit fields: 4-bit fields as in {@link Nibbles}, but turned left by two bits, and their
 * high bits in another word, the plane. A field at bit 18 or bit 14 leaves room for its high bit
 * above it. One shift of the plane serves two fields, because their high bits stand four bits
 * apart; turned right by a byte, it serves the next word.
 */
final class FiveBits {
  static final int UPPER = 0xf << 18;
  static final int LOWER = 0xf << 14;
  static final int UPPER_BIT = 1 << 22;
  static final int LOWER_BIT = 1 << 18;

  /** 32: the float whose bit 18 has the weight 1. */
  static final int UPPER_ONE = 0x4200_0000;

  /** 512: the float whose bit 14 has the weight 1. */
  static final int LOWER_ONE = 0x4400_0000;

  static final float UPPER_OFFSET = -32;
  static final float LOWER_OFFSET = -512;

  /** Where the numbers above stand for loops that use them often, see {@link Constants}. */
  static final long UPPER_AT = Constants.address(UPPER);

  static final long LOWER_AT = Constants.address(LOWER);
  static final long UPPER_BIT_AT = Constants.address(UPPER_BIT);
  static final long LOWER_BIT_AT = Constants.address(LOWER_BIT);
  static final long LOWER_ONE_AT = Constants.address(LOWER_ONE);

  private FiveBits() {}

  static int turn(int quants) {
    return Integer.rotateLeft(quants, 2);
  }

  /**
   * The plane beside four words.
   *
   * @param bits bit i is the high bit of element i of 32; elements i and i + 16 share a byte
   */
  static int plane(int bits) {
    int reversed = Integer.reverse(bits);
    int plane = 0;
    for (int i = 0; i < 4; i++) {
      int even = reversed >>> (28 - 4 * i) & 15;
      int odd = reversed >>> (12 - 4 * i) & 15;
      plane |= ((even << 4) | odd) << (8 * i);
    }
    return Integer.rotateLeft(plane, 15);
  }
}
