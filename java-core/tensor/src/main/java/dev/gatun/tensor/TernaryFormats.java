package dev.gatun.tensor;

/** Formats of one or two bits with a single scale: value = d * (q - 1), or plus or minus d. */
final class TernaryFormats {
  private TernaryFormats() {}

  /** A format of this family. */
  static BlockFormat of(DType dtype) {
    return switch (dtype) {
      case TQ1_0 -> new Tq1();
      case TQ2_0 -> new Tq2();
      case Q1_0 -> new Q1();
      case Q2_0 -> new Q2();
      default -> throw new IllegalArgumentException(dtype + " is of another family");
    };
  }

  /**
   * 48 bytes of five trits, 4 bytes of four trits, f16 d. A byte holds its trits as a base-3
   * fraction of 256: multiplying by 3^n modulo 256 drops the first n, multiplying by 3 and taking
   * the carry reads the next.
   */
  static final class Tq1 extends BlockFormat {
    Tq1() {
      super(DType.TQ1_0);
    }

    @Override
    void decodeBlocks(byte[] src, int at, float[] dst, int to, int blocks) {
      for (int i = 0; i < blocks; i++, at += 54, to += 256) {
        float d = Bytes.half(src, at + 52);
        trits(src, at, 32, 5, d, dst, to);
        trits(src, at + 32, 16, 5, d, dst, to + 160);
        trits(src, at + 48, 4, 4, d, dst, to + 240);
      }
    }

    /** Trit n of byte j becomes element n * bytes + j. */
    private static void trits(
        byte[] src, int at, int bytes, int trits, float d, float[] dst, int to) {
      for (int j = 0; j < bytes; j++) {
        int fraction = Bytes.u8(src, at + j);
        for (int n = 0; n < trits; n++) {
          int next = 3 * fraction;
          dst[to + n * bytes + j] = ((next >> 8) - 1) * d;
          fraction = next & 255;
        }
      }
    }
  }

  /** 64 bytes: in each 32, element 32 n + j at bits 2 n of byte j; f16 d. */
  static final class Tq2 extends BlockFormat {
    Tq2() {
      super(DType.TQ2_0);
    }

    @Override
    void decodeBlocks(byte[] src, int at, float[] dst, int to, int blocks) {
      for (int i = 0; i < blocks; i++, at += 66) {
        float d = Bytes.half(src, at + 64);
        for (int s = 0; s < 8; s++, to += 32) {
          int quants = at + s / 4 * 32;
          int shift = s % 4 * 2;
          for (int j = 0; j < 32; j++) {
            dst[to + j] = ((src[quants + j] >> shift & 3) - 1) * d;
          }
        }
      }
    }
  }

  /** f16 d; 16 bytes of signs, least significant bit first: 1 is d, 0 is -d. */
  static final class Q1 extends BlockFormat {
    Q1() {
      super(DType.Q1_0);
    }

    @Override
    void decodeBlocks(byte[] src, int at, float[] dst, int to, int blocks) {
      for (int i = 0; i < blocks; i++, at += 18, to += 128) {
        float d = Bytes.half(src, at);
        for (int j = 0; j < 128; j++) {
          dst[to + j] = (src[at + 2 + j / 8] >> j % 8 & 1) == 0 ? -d : d;
        }
      }
    }
  }

  /** f16 d; 16 bytes of 2-bit quants, least significant bits first. */
  static final class Q2 extends BlockFormat {
    Q2() {
      super(DType.Q2_0);
    }

    @Override
    void decodeBlocks(byte[] src, int at, float[] dst, int to, int blocks) {
      for (int i = 0; i < blocks; i++, at += 18, to += 64) {
        float d = Bytes.half(src, at);
        for (int j = 0; j < 64; j++) {
          dst[to + j] = ((src[at + 2 + j / 4] >> (j % 4 * 2) & 3) - 1) * d;
        }
      }
    }
  }
}
