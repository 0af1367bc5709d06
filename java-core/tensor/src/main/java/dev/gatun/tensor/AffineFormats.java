package dev.gatun.tensor;

/** Blocks with a scale and a minimum: value = scale * q + minimum. */
final class AffineFormats {
  private AffineFormats() {}

  /** A format of this family. */
  static BlockFormat of(DType dtype) {
    return switch (dtype) {
      case Q4_1 -> new Q4_1();
      case Q5_1 -> new Q5_1();
      default -> throw new IllegalArgumentException(dtype + " is of another family");
    };
  }

  /** f16 d; f16 m; 16 bytes: element j in the low nibble of byte j, j + 16 in the high one. */
  static final class Q4_1 extends BlockFormat {
    Q4_1() {
      super(DType.Q4_1);
    }

    @Override
    void decodeBlocks(byte[] src, int at, float[] dst, int to, int blocks) {
      for (int i = 0; i < blocks; i++, at += 20, to += 32) {
        float d = Bytes.half(src, at);
        float m = Bytes.half(src, at + 2);
        for (int j = 0; j < 16; j++) {
          int q = src[at + 4 + j];
          dst[to + j] = (q & 15) * d + m;
          dst[to + 16 + j] = (q >> 4 & 15) * d + m;
        }
      }
    }

    @Override
    public boolean canEncode() {
      return true;
    }

    @Override
    void encodeBlock(float[] src, int from, byte[] dst, int at) {
      Rounding.requireFinite(DType.Q4_1, src, from);
      float min = min(src, from);
      float d = (max(src, from) - min) / 15;
      float inverse = SymmetricFormats.inverse(d);
      Bytes.putHalf(dst, at, d);
      Bytes.putHalf(dst, at + 2, min);
      for (int j = 0; j < 16; j++) {
        int low = Math.min(15, Rounding.truncate((src[from + j] - min) * inverse + 0.5f));
        int high = Math.min(15, Rounding.truncate((src[from + 16 + j] - min) * inverse + 0.5f));
        dst[at + 4 + j] = (byte) (low | high << 4);
      }
    }
  }

  /** f16 d; f16 m; u32 fifth bits, element j at bit j; 16 bytes of nibbles as in Q4_1. */
  static final class Q5_1 extends BlockFormat {
    Q5_1() {
      super(DType.Q5_1);
    }

    @Override
    void decodeBlocks(byte[] src, int at, float[] dst, int to, int blocks) {
      for (int i = 0; i < blocks; i++, at += 24, to += 32) {
        float d = Bytes.half(src, at);
        float m = Bytes.half(src, at + 2);
        int fifth = Bytes.i32(src, at + 4);
        for (int j = 0; j < 16; j++) {
          int q = src[at + 8 + j];
          dst[to + j] = ((q & 15) | (fifth >>> j & 1) << 4) * d + m;
          dst[to + 16 + j] = ((q >> 4 & 15) | (fifth >>> (16 + j) & 1) << 4) * d + m;
        }
      }
    }

    @Override
    public boolean canEncode() {
      return true;
    }

    @Override
    void encodeBlock(float[] src, int from, byte[] dst, int at) {
      Rounding.requireFinite(DType.Q5_1, src, from);
      float min = min(src, from);
      float d = (max(src, from) - min) / 31;
      float inverse = SymmetricFormats.inverse(d);
      Bytes.putHalf(dst, at, d);
      Bytes.putHalf(dst, at + 2, min);
      int fifth = 0;
      for (int j = 0; j < 16; j++) {
        int low = Rounding.truncate((src[from + j] - min) * inverse + 0.5f);
        int high = Rounding.truncate((src[from + 16 + j] - min) * inverse + 0.5f);
        dst[at + 8 + j] = (byte) ((low & 15) | high << 4);
        fifth |= (low >> 4 & 1) << j | (high >> 4 & 1) << (16 + j);
      }
      Bytes.putI32(dst, at + 4, fifth);
    }
  }

  // Math.min and Math.max order -0 before 0; the encoding keeps whichever comes first.
  private static float min(float[] src, int from) {
    float min = Float.MAX_VALUE;
    for (int i = from; i < from + 32; i++) {
      min = src[i] < min ? src[i] : min;
    }
    return min;
  }

  private static float max(float[] src, int from) {
    float max = -Float.MAX_VALUE;
    for (int i = from; i < from + 32; i++) {
      max = src[i] > max ? src[i] : max;
    }
    return max;
  }
}
