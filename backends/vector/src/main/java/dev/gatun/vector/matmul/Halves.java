package dev.gatun.vector.matmul;

/**
 * Half-precision numbers in vectors: sign-extended to 32 bits, shifted left by 13 and masked, the
 * bits are a float that is too small by 2^112; subnormal numbers come out exact. Infinities and NaN
 * do not. The five operations stand in each kernel: a method of their own is a call in its loop as
 * soon as the compiler thinks it too cold, and a call costs the registers of all vectors.
 */
final class Halves {
  static final int MASK = 0x8fff_e000;
  static final float SCALE = 0x1p112f;

  private Halves() {}
}
