package dev.gatun.tensor;

/** The three-bit IQ formats: groups of four magnitudes from a lattice, with a sign each. */
final class Grid3Formats {
  private Grid3Formats() {}

  /** A format of this family. */
  static BlockFormat of(DType dtype) {
    return switch (dtype) {
      case IQ3_XXS -> new Iq3Xxs();
      case IQ3_S -> new Iq3S();
      default -> throw new IllegalArgumentException(dtype + " is of another family");
    };
  }

  /**
   * f16 d; 64 lattice indices; for each 32 elements a u32 with four times seven sign bits (one set
   * for each eight elements) and a 4-bit scale on top.
   */
  static final class Iq3Xxs extends BlockFormat {
    Iq3Xxs() {
      super(DType.IQ3_XXS);
    }

    @Override
    void decodeBlocks(byte[] src, int at, float[] dst, int to, int blocks) {
      byte[] points = IqGrids.Iq3Xxs.POINTS;
      for (int i = 0; i < blocks; i++, at += 98) {
        float d = Bytes.half(src, at);
        for (int s = 0; s < 8; s++) {
          int word = Bytes.i32(src, at + 66 + 4 * s);
          float scale = d * (0.5f + (word >>> 28)) * 0.5f;
          for (int l = 0; l < 4; l++, to += 8) {
            int signs = IqGrids.evenSigns(word >>> (7 * l) & 127);
            int indices = at + 2 + 8 * s + 2 * l;
            point(points, Bytes.u8(src, indices), signs, scale, dst, to);
            point(points, Bytes.u8(src, indices + 1), signs >> 4, scale, dst, to + 4);
          }
        }
      }
    }
  }

  /**
   * f16 d; 64 low bytes of lattice indices; 8 bytes of their ninth bits; 32 bytes of signs; 4
   * bytes: two 4-bit scales, one for each 32 elements.
   */
  static final class Iq3S extends BlockFormat {
    Iq3S() {
      super(DType.IQ3_S);
    }

    @Override
    void decodeBlocks(byte[] src, int at, float[] dst, int to, int blocks) {
      byte[] points = IqGrids.Iq3S.POINTS;
      for (int i = 0; i < blocks; i++, at += 110) {
        float d = Bytes.half(src, at);
        for (int g = 0; g < 64; g++, to += 4) {
          float scale = d * (1 + 2 * (src[at + 106 + g / 16] >> (g / 8 % 2 * 4) & 15));
          int ninth = src[at + 66 + g / 8] >> g % 8 & 1;
          int index = Bytes.u8(src, at + 2 + g) | ninth << 8;
          point(points, index, src[at + 74 + g / 2] >> (g % 2 * 4), scale, dst, to);
        }
      }
    }
  }

  private static void point(byte[] points, int index, int signs, float scale, float[] dst, int to) {
    for (int j = 0; j < 4; j++) {
      float magnitude = scale * points[4 * index + j];
      dst[to + j] = (signs >> j & 1) == 0 ? magnitude : -magnitude;
    }
  }
}
