package dev.gatun.tensor;

/** Blocks whose 4-bit quants index a table of sixteen values. */
final class CodebookFormats {
  private CodebookFormats() {}

  /** A format of this family. */
  static BlockFormat of(DType dtype) {
    return switch (dtype) {
      case IQ4_NL -> new Iq4Nl();
      case IQ4_XS -> new Iq4Xs();
      case MXFP4 -> new Mxfp4();
      case NVFP4 -> new Nvfp4();
      default -> throw new IllegalArgumentException(dtype + " is of another family");
    };
  }

  /** The values of IQ4_NL and IQ4_XS. */
  private static final byte[] NON_LINEAR = {
    -127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113
  };

  /** The values of E2M1 (OCP Microscaling Formats 1.0), doubled to be integers. */
  private static final byte[] E2M1_DOUBLED = {
    0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12
  };

  /** f16 d; 16 bytes: element j in the low nibble of byte j, element j + 16 in the high one. */
  static final class Iq4Nl extends BlockFormat {
    Iq4Nl() {
      super(DType.IQ4_NL);
    }

    @Override
    void decodeBlocks(byte[] src, int at, float[] dst, int to, int blocks) {
      for (int i = 0; i < blocks; i++, at += 18, to += 32) {
        look(NON_LINEAR, Bytes.half(src, at), src, at + 2, 16, dst, to);
      }
    }
  }

  /**
   * f16 d; u16 with the high bit pairs and 4 bytes with the low nibbles of eight 6-bit scales; 128
   * bytes of nibbles.
   */
  static final class Iq4Xs extends BlockFormat {
    Iq4Xs() {
      super(DType.IQ4_XS);
    }

    @Override
    void decodeBlocks(byte[] src, int at, float[] dst, int to, int blocks) {
      for (int i = 0; i < blocks; i++, at += 136) {
        float d = Bytes.half(src, at);
        int highs = Bytes.u16(src, at + 2);
        for (int s = 0; s < 8; s++, to += 32) {
          int scale = (src[at + 4 + s / 2] >> (s % 2 * 4) & 15) | (highs >> (2 * s) & 3) << 4;
          look(NON_LINEAR, d * (scale - 32), src, at + 8 + 16 * s, 16, dst, to);
        }
      }
    }
  }

  /** One byte of E8M0 scale; 16 bytes of E2M1, ordered as in IQ4_NL. */
  static final class Mxfp4 extends BlockFormat {
    Mxfp4() {
      super(DType.MXFP4);
    }

    @Override
    void decodeBlocks(byte[] src, int at, float[] dst, int to, int blocks) {
      for (int i = 0; i < blocks; i++, at += 17, to += 32) {
        look(E2M1_DOUBLED, halfE8M0(Bytes.u8(src, at)), src, at + 1, 16, dst, to);
      }
    }

    /** 2^(e - 128): half of E8M0, for the doubled table. E8M0's NaN (255) reads as 2^127. */
    private static float halfE8M0(int e) {
      return Float.intBitsToFloat(e < 2 ? 0x0020_0000 << e : (e - 1) << 23);
    }
  }

  /**
   * Four bytes of UE4M3 scale, one for each sixteen elements; 32 bytes of E2M1, eight for each
   * sixteen: element j in the low nibble, element j + 8 in the high one.
   */
  static final class Nvfp4 extends BlockFormat {
    Nvfp4() {
      super(DType.NVFP4);
    }

    @Override
    void decodeBlocks(byte[] src, int at, float[] dst, int to, int blocks) {
      for (int i = 0; i < blocks; i++, at += 36) {
        for (int s = 0; s < 4; s++, to += 16) {
          look(E2M1_DOUBLED, halfUe4m3(src[at + s]), src, at + 4 + 8 * s, 8, dst, to);
        }
      }
    }

    /**
     * Half of an unsigned E4M3 number (exponent bias 7), for the doubled table. The pattern 0x7f, a
     * NaN, reads as 0; the top bit is not part of the number.
     */
    private static float halfUe4m3(byte bits) {
      int exponent = bits >> 3 & 15;
      int mantissa = bits & 7;
      if (bits == 0x7f) {
        return 0;
      }
      return exponent == 0
          ? Math.scalb((float) mantissa, -10)
          : Math.scalb(1 + mantissa / 8f, exponent - 8);
    }
  }

  /** Decodes {@code half} bytes to twice as many elements, low nibbles first. */
  private static void look(
      byte[] table, float scale, byte[] src, int at, int half, float[] dst, int to) {
    for (int j = 0; j < half; j++) {
      dst[to + j] = scale * table[src[at + j] & 15];
      dst[to + half + j] = scale * table[src[at + j] >> 4 & 15];
    }
  }
}
