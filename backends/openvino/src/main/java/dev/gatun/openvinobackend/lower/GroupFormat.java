package dev.gatun.openvinobackend.lower;

import dev.gatun.tensor.DType;
import java.util.Optional;

/**
 * A block format as integers with a scale and a minimum per group: {@code value = scale * q +
 * minimum}, exactly. Layouts are those of ggml ({@code ggml-common.h}, {@code ggml-quants.c}).
 *
 * @param elementType the narrowest element type that holds the integers
 * @param group elements that share a scale
 * @param shifted whether there is a minimum
 */
record GroupFormat(DType dtype, String elementType, int group, boolean shifted) {
  /** Values of IQ4_NL's and IQ4_XS's codes. */
  private static final byte[] CODES = {
    -127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113
  };

  /** The format of a dtype; empty for one that has no such form, or none that is known here. */
  static Optional<GroupFormat> of(DType dtype) {
    return switch (dtype) {
      case Q4_0 -> Optional.of(new GroupFormat(dtype, "i4", 32, false));
      case Q4_1 -> Optional.of(new GroupFormat(dtype, "u4", 32, true));
      case Q5_0, Q8_0, IQ4_NL, IQ4_XS -> Optional.of(new GroupFormat(dtype, "i8", 32, false));
      case Q5_1, Q5_K -> Optional.of(new GroupFormat(dtype, "u8", 32, true));
      case Q4_K -> Optional.of(new GroupFormat(dtype, "u4", 32, true));
      case Q2_K -> Optional.of(new GroupFormat(dtype, "u4", 16, true));
      case Q6_K -> Optional.of(new GroupFormat(dtype, "i8", 16, false));
      default -> Optional.empty();
    };
  }

  /** Groups of one block. */
  int groups() {
    return dtype.blockElements() / group;
  }

  /** Whether two integers share a byte. */
  boolean isNibbles() {
    return elementType.endsWith("4");
  }

  /**
   * Reads one block.
   *
   * @param q receives the integers of its elements, in order
   * @param scales receives a scale per group
   * @param minima receives a minimum per group, where there are any
   */
  void read(byte[] block, int at, int[] q, float[] scales, float[] minima) {
    switch (dtype) {
      case Q4_0 -> {
        scales[0] = half(block, at);
        nibbles(block, at + 2, 16, q, 0, -8);
      }
      case Q4_1 -> {
        scales[0] = half(block, at);
        minima[0] = half(block, at + 2);
        nibbles(block, at + 4, 16, q, 0, 0);
      }
      case Q5_0 -> {
        scales[0] = half(block, at);
        nibbles(block, at + 6, 16, q, 0, -16);
        fifthBits(block, at + 2, q);
      }
      case Q5_1 -> {
        scales[0] = half(block, at);
        minima[0] = half(block, at + 2);
        nibbles(block, at + 8, 16, q, 0, 0);
        fifthBits(block, at + 4, q);
      }
      case Q8_0 -> {
        scales[0] = half(block, at);
        for (int i = 0; i < 32; i++) {
          q[i] = block[at + 2 + i];
        }
      }
      case IQ4_NL -> {
        scales[0] = half(block, at);
        nibbles(block, at + 2, 16, q, 0, 0);
        codes(q);
      }
      case IQ4_XS -> {
        float scale = half(block, at);
        int high = unsigned(block, at + 2) | unsigned(block, at + 3) << 8;
        for (int g = 0; g < 8; g++) {
          int low = unsigned(block, at + 4 + g / 2) >> (4 * (g % 2)) & 15;
          scales[g] = scale * ((low | (high >> (2 * g) & 3) << 4) - 32);
          nibbles(block, at + 8 + 16 * g, 16, q, 32 * g, 0);
        }
        codes(q);
      }
      case Q4_K -> {
        packedScales(block, at, scales, minima);
        for (int c = 0; c < 4; c++) {
          nibbles(block, at + 16 + 32 * c, 32, q, 64 * c, 0);
        }
      }
      case Q5_K -> {
        packedScales(block, at, scales, minima);
        for (int c = 0; c < 4; c++) {
          nibbles(block, at + 48 + 32 * c, 32, q, 64 * c, 0);
          for (int l = 0; l < 32; l++) {
            int bits = unsigned(block, at + 16 + l);
            q[64 * c + l] += (bits >> (2 * c) & 1) << 4;
            q[64 * c + 32 + l] += (bits >> (2 * c + 1) & 1) << 4;
          }
        }
      }
      case Q2_K -> {
        float scale = half(block, at + 80);
        float minimum = half(block, at + 82);
        for (int g = 0; g < 16; g++) {
          int packed = unsigned(block, at + g);
          scales[g] = scale * (packed & 15);
          minima[g] = -minimum * (packed >> 4);
          for (int l = 0; l < 16; l++) {
            int from = at + 16 + g / 8 * 32 + g % 2 * 16 + l;
            q[16 * g + l] = unsigned(block, from) >> (2 * (g % 8 / 2)) & 3;
          }
        }
      }
      case Q6_K -> sixBits(block, at, q, scales);
      default -> throw new IllegalStateException(dtype + " has no groups");
    }
  }

  private static void sixBits(byte[] block, int at, int[] q, float[] scales) {
    float scale = half(block, at + 208);
    for (int g = 0; g < 16; g++) {
      scales[g] = scale * block[at + 192 + g];
    }
    for (int n = 0; n < 2; n++) {
      for (int l = 0; l < 32; l++) {
        int first = unsigned(block, at + 64 * n + l);
        int second = unsigned(block, at + 64 * n + 32 + l);
        int high = unsigned(block, at + 128 + 32 * n + l);
        int to = 128 * n + l;
        q[to] = ((first & 15) | (high & 3) << 4) - 32;
        q[to + 32] = ((second & 15) | (high >> 2 & 3) << 4) - 32;
        q[to + 64] = (first >> 4 | (high >> 4 & 3) << 4) - 32;
        q[to + 96] = (second >> 4 | (high >> 6 & 3) << 4) - 32;
      }
    }
  }

  /** The six-bit scales and minima of Q4_K and Q5_K. */
  private static void packedScales(byte[] block, int at, float[] scales, float[] minima) {
    float scale = half(block, at);
    float minimum = half(block, at + 2);
    for (int g = 0; g < 8; g++) {
      int low = unsigned(block, at + 4 + g);
      int s;
      int m;
      if (g < 4) {
        s = low & 63;
        m = unsigned(block, at + 8 + g) & 63;
      } else {
        int both = unsigned(block, at + 8 + g);
        s = (both & 15) | unsigned(block, at + g) >> 6 << 4;
        m = both >> 4 | low >> 6 << 4;
      }
      scales[g] = scale * s;
      minima[g] = -minimum * m;
    }
  }

  /** Low halves of {@code count} bytes, then their high halves. */
  private static void nibbles(byte[] block, int at, int count, int[] q, int to, int shift) {
    for (int i = 0; i < count; i++) {
      int both = unsigned(block, at + i);
      q[to + i] = (both & 15) + shift;
      q[to + count + i] = (both >> 4) + shift;
    }
  }

  private static void fifthBits(byte[] block, int at, int[] q) {
    for (int i = 0; i < 32; i++) {
      q[i] += (unsigned(block, at + i / 8) >> (i % 8) & 1) << 4;
    }
  }

  private static void codes(int[] q) {
    for (int i = 0; i < q.length; i++) {
      q[i] = CODES[q[i]];
    }
  }

  private static int unsigned(byte[] block, int at) {
    return block[at] & 0xff;
  }

  private static float half(byte[] block, int at) {
    return Float.float16ToFloat((short) (unsigned(block, at) | unsigned(block, at + 1) << 8));
  }
}
