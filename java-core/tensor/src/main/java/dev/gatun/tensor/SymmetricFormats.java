package dev.gatun.tensor;

/** Blocks with one scale: value = scale * (q - offset). */
final class SymmetricFormats {
  private SymmetricFormats() {}

  /** A format of this family. */
  static BlockFormat of(DType dtype) {
    return switch (dtype) {
      case Q4_0 -> new Q4_0();
      case Q5_0 -> new Q5_0();
      case Q8_0 -> new Q8_0();
      case Q8_1 -> new Q8_1();
      case Q8_K -> new Q8K();
      default -> throw new IllegalArgumentException(dtype + " is of another family");
    };
  }

  /** f16 d; 16 bytes: element j in the low nibble of byte j, element j + 16 in the high one. */
  static final class Q4_0 extends BlockFormat {
    Q4_0() {
      super(DType.Q4_0);
    }

    @Override
    void decodeBlocks(byte[] src, int at, float[] dst, int to, int blocks) {
      for (int i = 0; i < blocks; i++, at += 18, to += 32) {
        float d = Bytes.half(src, at);
        for (int j = 0; j < 16; j++) {
          int q = src[at + 2 + j];
          dst[to + j] = ((q & 15) - 8) * d;
          dst[to + 16 + j] = ((q >> 4 & 15) - 8) * d;
        }
      }
    }

    @Override
    public boolean canEncode() {
      return true;
    }

    @Override
    void encodeBlock(float[] src, int from, byte[] dst, int at) {
      Rounding.requireFinite(DType.Q4_0, src, from);
      float d = largest(src, from, 32) / -8;
      float inverse = inverse(d);
      Bytes.putHalf(dst, at, d);
      for (int j = 0; j < 16; j++) {
        int low = Math.min(15, Rounding.truncate(src[from + j] * inverse + 8.5f));
        int high = Math.min(15, Rounding.truncate(src[from + 16 + j] * inverse + 8.5f));
        dst[at + 2 + j] = (byte) (low | high << 4);
      }
    }
  }

  /** f16 d; u32 fifth bits, element j at bit j; 16 bytes of nibbles as in Q4_0. */
  static final class Q5_0 extends BlockFormat {
    Q5_0() {
      super(DType.Q5_0);
    }

    @Override
    void decodeBlocks(byte[] src, int at, float[] dst, int to, int blocks) {
      for (int i = 0; i < blocks; i++, at += 22, to += 32) {
        float d = Bytes.half(src, at);
        int fifth = Bytes.i32(src, at + 2);
        for (int j = 0; j < 16; j++) {
          int q = src[at + 6 + j];
          dst[to + j] = (((q & 15) | (fifth >>> j & 1) << 4) - 16) * d;
          dst[to + 16 + j] = (((q >> 4 & 15) | (fifth >>> (16 + j) & 1) << 4) - 16) * d;
        }
      }
    }

    @Override
    public boolean canEncode() {
      return true;
    }

    @Override
    void encodeBlock(float[] src, int from, byte[] dst, int at) {
      Rounding.requireFinite(DType.Q5_0, src, from);
      float d = largest(src, from, 32) / -16;
      float inverse = inverse(d);
      Bytes.putHalf(dst, at, d);
      int fifth = 0;
      for (int j = 0; j < 16; j++) {
        int low = Math.min(31, Rounding.truncate(src[from + j] * inverse + 16.5f));
        int high = Math.min(31, Rounding.truncate(src[from + 16 + j] * inverse + 16.5f));
        dst[at + 6 + j] = (byte) ((low & 15) | high << 4);
        fifth |= (low >> 4 & 1) << j | (high >> 4 & 1) << (16 + j);
      }
      Bytes.putI32(dst, at + 2, fifth);
    }
  }

  /** f16 d; 32 signed bytes. */
  static final class Q8_0 extends BlockFormat {
    Q8_0() {
      super(DType.Q8_0);
    }

    @Override
    void decodeBlocks(byte[] src, int at, float[] dst, int to, int blocks) {
      for (int i = 0; i < blocks; i++, at += 34, to += 32) {
        float d = Bytes.half(src, at);
        for (int j = 0; j < 32; j++) {
          dst[to + j] = src[at + 2 + j] * d;
        }
      }
    }

    @Override
    public boolean canEncode() {
      return true;
    }

    @Override
    void encodeBlock(float[] src, int from, byte[] dst, int at) {
      Rounding.requireFinite(DType.Q8_0, src, from);
      float d = Math.abs(largest(src, from, 32)) / 127;
      float inverse = inverse(d);
      Bytes.putHalf(dst, at, d);
      for (int j = 0; j < 32; j++) {
        dst[at + 2 + j] = (byte) Rounding.round(src[from + j] * inverse);
      }
    }
  }

  /** f16 d; f16 d times the sum of the quants, which decoding does not need; 32 signed bytes. */
  static final class Q8_1 extends BlockFormat {
    Q8_1() {
      super(DType.Q8_1);
    }

    @Override
    void decodeBlocks(byte[] src, int at, float[] dst, int to, int blocks) {
      for (int i = 0; i < blocks; i++, at += 36, to += 32) {
        float d = Bytes.half(src, at);
        for (int j = 0; j < 32; j++) {
          dst[to + j] = src[at + 4 + j] * d;
        }
      }
    }
  }

  /** f32 d; 256 signed bytes; 16 i16 sums of 16 quants each, which decoding does not need. */
  static final class Q8K extends BlockFormat {
    Q8K() {
      super(DType.Q8_K);
    }

    @Override
    void decodeBlocks(byte[] src, int at, float[] dst, int to, int blocks) {
      for (int i = 0; i < blocks; i++, at += 292, to += 256) {
        float d = Float.intBitsToFloat(Bytes.i32(src, at));
        for (int j = 0; j < 256; j++) {
          dst[to + j] = d * src[at + 4 + j];
        }
      }
    }
  }

  /** The first of the elements with the largest magnitude, with its sign; 0 when all are 0. */
  private static float largest(float[] src, int from, int count) {
    float magnitude = 0;
    float largest = 0;
    for (int i = from; i < from + count; i++) {
      if (magnitude < Math.abs(src[i])) {
        magnitude = Math.abs(src[i]);
        largest = src[i];
      }
    }
    return largest;
  }

  static float inverse(float d) {
    return d == 0 ? 0 : 1 / d;
  }
}
