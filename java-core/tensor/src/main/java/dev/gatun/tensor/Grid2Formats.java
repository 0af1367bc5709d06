package dev.gatun.tensor;

/** The two-bit IQ formats: groups of eight magnitudes from a lattice, with a sign each. */
final class Grid2Formats {
  private Grid2Formats() {}

  /** A format of this family. */
  static BlockFormat of(DType dtype) {
    return switch (dtype) {
      case IQ2_XXS -> new Iq2Xxs();
      case IQ2_XS -> new Iq2Xs();
      case IQ2_S -> new Iq2S();
      default -> throw new IllegalArgumentException(dtype + " is of another family");
    };
  }

  /**
   * f16 d; for each 32 elements: 4 bytes of lattice indices, and a u32 with four times seven sign
   * bits and a 4-bit scale on top.
   */
  static final class Iq2Xxs extends BlockFormat {
    Iq2Xxs() {
      super(DType.IQ2_XXS);
    }

    @Override
    void decodeBlocks(byte[] src, int at, float[] dst, int to, int blocks) {
      byte[] points = IqGrids.Iq2Xxs.POINTS;
      for (int i = 0; i < blocks; i++, at += 66) {
        float d = Bytes.half(src, at);
        for (int s = 0; s < 8; s++) {
          int group = at + 2 + 8 * s;
          int word = Bytes.i32(src, group + 4);
          float scale = d * (0.5f + (word >>> 28)) * 0.25f;
          for (int l = 0; l < 4; l++, to += 8) {
            int signs = IqGrids.evenSigns(word >>> (7 * l) & 127);
            point(points, Bytes.u8(src, group + l), signs, scale, dst, to);
          }
        }
      }
    }
  }

  /** f16 d; 32 u16: 9-bit lattice index, seven sign bits; 8 bytes: two 4-bit scales. */
  static final class Iq2Xs extends BlockFormat {
    Iq2Xs() {
      super(DType.IQ2_XS);
    }

    @Override
    void decodeBlocks(byte[] src, int at, float[] dst, int to, int blocks) {
      byte[] points = IqGrids.Iq2Xs.POINTS;
      for (int i = 0; i < blocks; i++, at += 74) {
        float d = Bytes.half(src, at);
        for (int g = 0; g < 32; g++, to += 8) {
          float scale = d * (0.5f + (src[at + 66 + g / 4] >> (g / 2 % 2 * 4) & 15)) * 0.25f;
          int word = Bytes.u16(src, at + 2 + 2 * g);
          point(points, word & 511, IqGrids.evenSigns(word >> 9), scale, dst, to);
        }
      }
    }
  }

  /**
   * f16 d; 32 low bytes of lattice indices; 32 bytes of signs; 8 bytes of index bits 8 and 9, four
   * pairs each; 8 bytes: two 4-bit scales.
   */
  static final class Iq2S extends BlockFormat {
    Iq2S() {
      super(DType.IQ2_S);
    }

    @Override
    void decodeBlocks(byte[] src, int at, float[] dst, int to, int blocks) {
      byte[] points = IqGrids.Iq2S.POINTS;
      for (int i = 0; i < blocks; i++, at += 82) {
        float d = Bytes.half(src, at);
        for (int g = 0; g < 32; g++, to += 8) {
          float scale = d * (0.5f + (src[at + 74 + g / 4] >> (g / 2 % 2 * 4) & 15)) * 0.25f;
          int high = src[at + 66 + g / 4] >> (g % 4 * 2) & 3;
          int index = Bytes.u8(src, at + 2 + g) | high << 8;
          point(points, index, src[at + 34 + g], scale, dst, to);
        }
      }
    }
  }

  private static void point(byte[] points, int index, int signs, float scale, float[] dst, int to) {
    for (int j = 0; j < 8; j++) {
      float magnitude = scale * points[8 * index + j];
      dst[to + j] = (signs >> j & 1) == 0 ? magnitude : -magnitude;
    }
  }
}
