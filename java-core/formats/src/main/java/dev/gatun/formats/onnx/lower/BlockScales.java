package dev.gatun.formats.onnx.lower;

import dev.gatun.tensor.DType;

/**
 * Scales and minimums of the blocks of a row, as single-precision numbers: the fields of ggml's
 * formats ({@code ggml-common.h}), multiplied as ggml's decoders multiply them.
 */
final class BlockScales {
  private BlockScales() {}

  /**
   * Reads a row.
   *
   * @param scales one for each block of the format's {@link WeightForm}
   * @param minimums likewise; not touched where the form has none
   */
  static void read(DType format, byte[] row, float[] scales, float[] minimums) {
    int bytes = format.blockBytes();
    int each = scales.length / (row.length / bytes);
    for (int at = 0, to = 0; at < row.length; at += bytes, to += each) {
      switch (format) {
        case Q4_0, Q5_0, Q8_0, IQ4_NL -> scales[to] = half(row, at);
        case Q4_1, Q5_1 -> {
          scales[to] = half(row, at);
          minimums[to] = half(row, at + 2);
        }
        case Q4_K, Q5_K -> fours(row, at, scales, minimums, to);
        case Q2_K -> twos(row, at, scales, minimums, to);
        case Q3_K -> threes(row, at, scales, to);
        case Q6_K -> sixes(row, at, scales, to);
        case IQ4_XS -> nonLinear(row, at, scales, to);
        case MXFP4 -> scales[to] = halfPower(row[at] & 0xff);
        case TQ1_0 -> scales[to] = half(row, at + 52);
        case TQ2_0 -> scales[to] = half(row, at + 64);
        default -> throw new IllegalArgumentException(format + " has no such scales");
      }
    }
  }

  private static void fours(byte[] row, int at, float[] scales, float[] minimums, int to) {
    float d = half(row, at);
    float dmin = half(row, at + 2);
    int packed = at + 4;
    for (int s = 0; s < 8; s++) {
      int scale =
          s < 4
              ? row[packed + s] & 63
              : (row[packed + 4 + s] & 15) | (row[packed + s - 4] >> 6 & 3) << 4;
      int minimum =
          s < 4
              ? row[packed + 4 + s] & 63
              : (row[packed + 4 + s] >> 4 & 15) | (row[packed + s] >> 6 & 3) << 4;
      scales[to + s] = d * scale;
      minimums[to + s] = -(dmin * minimum);
    }
  }

  private static void twos(byte[] row, int at, float[] scales, float[] minimums, int to) {
    float d = half(row, at + 80);
    float dmin = half(row, at + 82);
    for (int s = 0; s < 16; s++) {
      scales[to + s] = d * (row[at + s] & 15);
      minimums[to + s] = -(dmin * (row[at + s] >> 4 & 15));
    }
  }

  private static void threes(byte[] row, int at, float[] scales, int to) {
    float d = half(row, at + 108);
    for (int s = 0; s < 16; s++) {
      int low = row[at + 96 + s % 8] >> (s / 8 * 4) & 15;
      int high = row[at + 104 + s % 4] >> (s / 4 * 2) & 3;
      scales[to + s] = d * ((low | high << 4) - 32);
    }
  }

  private static void sixes(byte[] row, int at, float[] scales, int to) {
    float d = half(row, at + 208);
    for (int s = 0; s < 16; s++) {
      scales[to + s] = d * row[at + 192 + s];
    }
  }

  private static void nonLinear(byte[] row, int at, float[] scales, int to) {
    float d = half(row, at);
    int highs = (row[at + 2] & 0xff) | (row[at + 3] & 0xff) << 8;
    for (int s = 0; s < 8; s++) {
      int scale = (row[at + 4 + s / 2] >> (s % 2 * 4) & 15) | (highs >> (2 * s) & 3) << 4;
      scales[to + s] = d * (scale - 32);
    }
  }

  /** 2^(e - 128): elements of MXFP4 are multiples of half its scale. */
  private static float halfPower(int e) {
    return Float.intBitsToFloat(e < 2 ? 0x0020_0000 << e : (e - 1) << 23);
  }

  private static float half(byte[] row, int at) {
    return Float.float16ToFloat((short) ((row[at] & 0xff) | (row[at + 1] & 0xff) << 8));
  }
}
