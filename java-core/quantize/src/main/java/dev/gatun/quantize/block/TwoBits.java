package dev.gatun.quantize.block;

/** The packing of two bits that Q2_K and Q3_K share. */
final class TwoBits {
  private TwoBits() {}

  /**
   * Packs 256 quants of 0 .. 3 to 64 bytes: in each 128, element 32 k + j at bits 2 k of byte j.
   */
  static void pack(byte[] quants, byte[] dst, int at) {
    for (int half = 0; half < 256; half += 128, at += 32) {
      for (int j = 0; j < 32; j++) {
        int q = half + j;
        dst[at + j] =
            (byte) (quants[q] | quants[q + 32] << 2 | quants[q + 64] << 4 | quants[q + 96] << 6);
      }
    }
  }
}
