package dev.gatun.tensor;

/**
 * The K-quants: super-blocks of 256 elements, whose sub-blocks of 16 or 32 have small integer
 * scales (and, in some, minimums) that share one binary16 scale each.
 */
final class KFormats {
  private KFormats() {}

  /** A format of this family. */
  static BlockFormat of(DType dtype) {
    return switch (dtype) {
      case Q2_K -> new Q2K();
      case Q3_K -> new Q3K();
      case Q4_K -> new Q4K();
      case Q5_K -> new Q5K();
      case Q6_K -> new Q6K();
      default -> throw new IllegalArgumentException(dtype + " is of another family");
    };
  }

  /** 16 bytes: 4-bit scale, 4-bit minimum; 64 bytes of 2-bit quants; f16 d; f16 dmin. */
  static final class Q2K extends BlockFormat {
    Q2K() {
      super(DType.Q2_K);
    }

    @Override
    void decodeBlocks(byte[] src, int at, float[] dst, int to, int blocks) {
      for (int i = 0; i < blocks; i++, at += 84) {
        float d = Bytes.half(src, at + 80);
        float dmin = Bytes.half(src, at + 82);
        // Sub-block s holds 16 elements at bits 2 * (s / 2 % 4) of a run of 16 bytes.
        for (int s = 0; s < 16; s++, to += 16) {
          float scale = d * (src[at + s] & 15);
          float minimum = dmin * (src[at + s] >> 4 & 15);
          int quants = at + 16 + s / 8 * 32 + s % 2 * 16;
          int shift = 2 * (s / 2 % 4);
          for (int j = 0; j < 16; j++) {
            dst[to + j] = scale * (src[quants + j] >> shift & 3) - minimum;
          }
        }
      }
    }
  }

  /** 32 bytes of third bits; 64 bytes of 2-bit quants; 12 bytes of 6-bit scales; f16 d. */
  static final class Q3K extends BlockFormat {
    Q3K() {
      super(DType.Q3_K);
    }

    @Override
    void decodeBlocks(byte[] src, int at, float[] dst, int to, int blocks) {
      for (int i = 0; i < blocks; i++, at += 110) {
        float d = Bytes.half(src, at + 108);
        for (int s = 0; s < 16; s++, to += 16) {
          float scale = d * (scale(src, at + 96, s) - 32);
          int third = at + s % 2 * 16;
          int quants = at + 32 + s / 8 * 32 + s % 2 * 16;
          int shift = 2 * (s / 2 % 4);
          for (int j = 0; j < 16; j++) {
            int high = (src[third + j] >> (s / 2) & 1) << 2;
            dst[to + j] = scale * (((src[quants + j] >> shift & 3) | high) - 4);
          }
        }
      }
    }

    /**
     * Scale {@code s} of 16: its low four bits are a nibble of the first eight bytes, its high two
     * bits lie in the last four.
     */
    private static int scale(byte[] src, int at, int s) {
      int low = src[at + s % 8] >> (s / 8 * 4) & 15;
      int high = src[at + 8 + s % 4] >> (s / 4 * 2) & 3;
      return low | high << 4;
    }
  }

  /** f16 d; f16 dmin; 12 bytes of 6-bit scales and minimums; 128 bytes of nibbles. */
  static final class Q4K extends BlockFormat {
    Q4K() {
      super(DType.Q4_K);
    }

    @Override
    void decodeBlocks(byte[] src, int at, float[] dst, int to, int blocks) {
      for (int i = 0; i < blocks; i++, at += 144) {
        float d = Bytes.half(src, at);
        float dmin = Bytes.half(src, at + 2);
        for (int s = 0; s < 8; s++, to += 32) {
          float scale = d * scale(src, at + 4, s);
          float minimum = dmin * minimum(src, at + 4, s);
          int quants = at + 16 + s / 2 * 32;
          int shift = s % 2 * 4;
          for (int j = 0; j < 32; j++) {
            dst[to + j] = scale * (src[quants + j] >> shift & 15) - minimum;
          }
        }
      }
    }
  }

  /** As Q4_K, with 32 bytes of fifth bits (sub-block s at bit s) before the nibbles. */
  static final class Q5K extends BlockFormat {
    Q5K() {
      super(DType.Q5_K);
    }

    @Override
    void decodeBlocks(byte[] src, int at, float[] dst, int to, int blocks) {
      for (int i = 0; i < blocks; i++, at += 176) {
        float d = Bytes.half(src, at);
        float dmin = Bytes.half(src, at + 2);
        int fifth = at + 16;
        for (int s = 0; s < 8; s++, to += 32) {
          float scale = d * scale(src, at + 4, s);
          float minimum = dmin * minimum(src, at + 4, s);
          int quants = at + 48 + s / 2 * 32;
          int shift = s % 2 * 4;
          for (int j = 0; j < 32; j++) {
            int q = (src[quants + j] >> shift & 15) | (src[fifth + j] >> s & 1) << 4;
            dst[to + j] = scale * q - minimum;
          }
        }
      }
    }
  }

  /** 128 bytes of low nibbles; 64 bytes of high bit pairs; 16 signed scales; f16 d. */
  static final class Q6K extends BlockFormat {
    Q6K() {
      super(DType.Q6_K);
    }

    @Override
    void decodeBlocks(byte[] src, int at, float[] dst, int to, int blocks) {
      for (int i = 0; i < blocks; i++, at += 210) {
        float d = Bytes.half(src, at + 208);
        // Each half of 128 elements: quarters of 32 share bytes in nibbles and bit pairs.
        for (int s = 0; s < 16; s++, to += 16) {
          float scale = d * src[at + 192 + s];
          int half = s / 8;
          int quarter = s / 2 % 4;
          int low = at + half * 64 + quarter % 2 * 32 + s % 2 * 16;
          int lowShift = quarter / 2 * 4;
          int high = at + 128 + half * 32 + s % 2 * 16;
          int highShift = quarter * 2;
          for (int j = 0; j < 16; j++) {
            int q = (src[low + j] >> lowShift & 15) | (src[high + j] >> highShift & 3) << 4;
            dst[to + j] = scale * (q - 32);
          }
        }
      }
    }
  }

  /** Scale {@code s} of the eight in the 12 bytes of Q4_K and Q5_K. */
  private static int scale(byte[] src, int at, int s) {
    return s < 4 ? src[at + s] & 63 : (src[at + 4 + s] & 15) | (src[at + s - 4] >> 6 & 3) << 4;
  }

  /** Minimum {@code s} of the eight in the 12 bytes of Q4_K and Q5_K. */
  private static int minimum(byte[] src, int at, int s) {
    return s < 4 ? src[at + 4 + s] & 63 : (src[at + 4 + s] >> 4 & 15) | (src[at + s] >> 6 & 3) << 4;
  }
}
