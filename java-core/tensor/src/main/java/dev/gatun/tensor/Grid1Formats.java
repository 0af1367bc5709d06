package dev.gatun.tensor;

/** The IQ formats below two bits: eight values of -1, 0, 1 from a lattice, shifted by an eighth. */
final class Grid1Formats {
  private Grid1Formats() {}

  /** A format of this family. */
  static BlockFormat of(DType dtype) {
    return switch (dtype) {
      case IQ1_S -> new Iq1S();
      case IQ1_M -> new Iq1M();
      default -> throw new IllegalArgumentException(dtype + " is of another family");
    };
  }

  private static final float SHIFT = 0.125f;

  /**
   * f16 d; 32 low bytes of lattice indices; 8 u16, one for each 32 elements: four times three high
   * index bits, a 3-bit scale, and the direction of the shift on top.
   */
  static final class Iq1S extends BlockFormat {
    Iq1S() {
      super(DType.IQ1_S);
    }

    @Override
    void decodeBlocks(byte[] src, int at, float[] dst, int to, int blocks) {
      byte[] points = IqGrids.Iq1.POINTS;
      for (int i = 0; i < blocks; i++, at += 50) {
        float d = Bytes.half(src, at);
        for (int g = 0; g < 32; g++, to += 8) {
          int word = Bytes.u16(src, at + 34 + g / 4 * 2);
          float scale = d * (2 * (word >> 12 & 7) + 1);
          int index = Bytes.u8(src, at + 2 + g) | (word >> (g % 4 * 3) & 7) << 8;
          point(points, index, (word & 0x8000) != 0, scale, dst, to);
        }
      }
    }
  }

  /**
   * 32 low bytes of lattice indices; 16 bytes: for two groups of eight, three high index bits and
   * the direction of the shift; 4 u16: four 3-bit scales each, one for each 16 elements, and on top
   * a quarter of the binary16 number that scales the block.
   */
  static final class Iq1M extends BlockFormat {
    Iq1M() {
      super(DType.IQ1_M);
    }

    @Override
    void decodeBlocks(byte[] src, int at, float[] dst, int to, int blocks) {
      byte[] points = IqGrids.Iq1.POINTS;
      for (int i = 0; i < blocks; i++, at += 56) {
        float d = scattered(src, at + 48);
        for (int g = 0; g < 32; g++, to += 8) {
          int scales = Bytes.u16(src, at + 48 + g / 8 * 2);
          float scale = d * (2 * (scales >> (g / 2 % 4 * 3) & 7) + 1);
          int nibble = src[at + 32 + g / 2] >> (g % 2 * 4) & 15;
          int index = Bytes.u8(src, at + g) | (nibble & 7) << 8;
          point(points, index, (nibble & 8) != 0, scale, dst, to);
        }
      }
    }

    private static float scattered(byte[] src, int at) {
      int bits = 0;
      for (int j = 0; j < 4; j++) {
        bits |= Bytes.u16(src, at + 2 * j) >> 12 << (4 * j);
      }
      return Float.float16ToFloat((short) bits);
    }
  }

  private static void point(
      byte[] points, int index, boolean down, float scale, float[] dst, int to) {
    float shift = down ? -SHIFT : SHIFT;
    for (int j = 0; j < 8; j++) {
      dst[to + j] = scale * (points[8 * index + j] + shift);
    }
  }
}
