package dev.gatun.quantize.convert;

import dev.gatun.tensor.BlockFormat;
import dev.gatun.tensor.DType;

/**
 * MLX's modes of small floating-point numbers: a code is E2M1 or E4M3, and a group has one byte, an
 * exponent or a scale in E4M3. What MLX 0.32.4 computes on the CPU.
 *
 * @param codes what a code is
 * @param exponents whether groups have exponents
 */
record MlxFloats(MiniFloat codes, boolean exponents) {
  private static final int BIAS = 127;
  private static final double LOG_2 = Math.log(2);

  /**
   * @throws IllegalArgumentException for affine, which has no such numbers
   */
  static MlxFloats of(MlxMode mode) {
    return switch (mode) {
      case MXFP4 -> new MlxFloats(MiniFloat.E2M1, true);
      case MXFP8 -> new MlxFloats(MiniFloat.E4M3, true);
      case NVFP4 -> new MlxFloats(MiniFloat.E2M1, false);
      case AFFINE -> throw new IllegalArgumentException("affine codes are integers");
    };
  }

  /**
   * Quantizes one group.
   *
   * @param numbers the group, from {@code from}
   * @param codes receives the codes, from {@code to}
   * @param stored the type that the numbers are stored in: the scale is rounded to it first
   * @return the byte of the group
   */
  int quantize(float[] numbers, int from, int count, int[] codes, int to, BlockFormat stored) {
    float most = 0;
    for (int i = from; i < from + count; i++) {
      most = Math.max(most, Math.abs(numbers[i]));
    }
    int group = group(rounded(most / this.codes.largest(), stored));
    float scale = scale(group);
    for (int i = 0; i < count; i++) {
      codes[to + i] = scale == 0 ? 0 : this.codes.encode(numbers[from + i] / scale);
    }
    return group;
  }

  private int group(float scale) {
    if (!exponents) {
      return MiniFloat.E4M3.encode(scale);
    }
    return scale == 0 ? BIAS : Math.clamp((long) ceilLog2(scale) + BIAS, 0, 2 * BIAS);
  }

  /**
   * C's {@code ceilf(log2f(x))}: the logarithm is rounded to single precision before, so that a
   * number just above a power of two counts as that power.
   */
  private static int ceilLog2(float x) {
    int exponent = Math.getExponent((double) x);
    double above = Math.log1p(x / Math.scalb(1.0, exponent) - 1) / LOG_2;
    return (int) Math.ceil((float) (exponent + above));
  }

  private static float rounded(float value, BlockFormat stored) {
    if (stored.dtype() == DType.F32) {
      return value;
    }
    byte[] bytes = new byte[stored.dtype().blockBytes()];
    float[] result = {value};
    stored.encode(result, 0, bytes, 0, 1);
    stored.decode(bytes, 0, result, 0, 1);
    return result[0];
  }

  /** What the codes of a group are multiplied with. */
  float scale(int group) {
    return exponents ? (float) Math.scalb(1.0, group - BIAS) : MiniFloat.E4M3.decode(group);
  }
}
