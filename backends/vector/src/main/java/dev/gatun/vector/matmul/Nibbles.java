package dev.gatun.vector.matmul;

import dev.gatun.vector.simd.Constants;

/**
 * Eight 4-bit fields in a 32-bit lane, placed so that they become floats without a conversion.
 *
 * <p>ggml's four bytes hold elements j..j+3 of a block in their low nibbles and j+16..j+19 in the
 * high ones. The word is turned left by three bits, so that after at most one shift of a whole byte
 * a field stands at bit 15 or bit 19 of the lane. There, with the exponent that gives this bit the
 * weight 1, the lane is the float {@code 256 + q} or {@code 16 + q}: one AND and one OR, which the
 * compiler fuses. Products of one row take the exponent of the former for both, a register less:
 * {@code 256 + 16 q}. Sums of products are corrected for the offset with sums of activations; the
 * price is a rounding error of at most 2^-16 of a product of weight and activation, as if the
 * activation had 16 bits.
 */
final class Nibbles {
  static final int LOW = 0xf << 15;
  static final int HIGH = 0xf << 19;

  /** 256: the float whose bit 15 has the weight 1. */
  static final int LOW_ONE = 0x4380_0000;

  /** 16: the float whose bit 19 has the weight 1. */
  static final int HIGH_ONE = 0x4180_0000;

  static final float LOW_OFFSET = -256;
  static final float HIGH_OFFSET = -16;

  /** For fields that stand for q - 8. */
  static final float LOW_OFFSET_SIGNED = LOW_OFFSET - 8;

  static final float HIGH_OFFSET_SIGNED = HIGH_OFFSET - 8;

  /** Where the numbers above stand for loops that use them often, see {@link Constants}. */
  static final long LOW_AT = Constants.address(LOW);

  static final long HIGH_AT = Constants.address(HIGH);
  static final long LOW_ONE_AT = Constants.address(LOW_ONE);

  private Nibbles() {}

  static int turn(int quants) {
    return Integer.rotateLeft(quants, 3);
  }
}
