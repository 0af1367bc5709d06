package dev.gatun.quantize.convert;

import java.util.List;

/**
 * MLX's quantization of one matrix. Affine: each group of consecutive numbers of a row has a scale
 * and a bias, and a number is {@code scale * code + bias}. For the other modes see {@link
 * MlxFloats}.
 *
 * @param bits of a code: 2, 3, 4, 5, 6 or 8 when affine
 * @param group numbers that share a scale: 32, 64 or 128 when affine
 */
public record MlxFormat(MlxMode mode, int bits, int group) {
  /**
   * @throws IllegalArgumentException for numbers that MLX does not have
   */
  public MlxFormat {
    if (mode != MlxMode.AFFINE && (bits != mode.bits() || group != mode.group())) {
      throw new IllegalArgumentException(
          "MLX's mode %s has %d bits in groups of %d, not %d in groups of %d"
              .formatted(mode.id(), mode.bits(), mode.group(), bits, group));
    }
    if (mode == MlxMode.AFFINE
        && (!List.of(2, 3, 4, 5, 6, 8).contains(bits) || !List.of(32, 64, 128).contains(group))) {
      throw new IllegalArgumentException(
          "MLX quantizes to 2, 3, 4, 5, 6 or 8 bits in groups of 32, 64 or 128, not to %d in groups of %d"
              .formatted(bits, group));
    }
  }

  /** Affine. */
  public MlxFormat(int bits, int group) {
    this(MlxMode.AFFINE, bits, group);
  }

  /** The only form of a mode, or its usual one. */
  public static MlxFormat of(MlxMode mode) {
    return new MlxFormat(mode, mode.bits(), mode.group());
  }

  /** Whether rows of this length are quantized. */
  boolean fits(long length) {
    return length > 0 && length % group == 0;
  }

  /**
   * Quantizes one group, affine (source: {@code quantize} in MLX's {@code
   * backend/cpu/quantized.cpp}).
   *
   * @param numbers the group, from {@code from}
   * @param codes receives the codes, from {@code to}
   * @param affine receives the scale and the bias, as single precision
   */
  void quantize(float[] numbers, int from, int[] codes, int to, float[] affine) {
    float least = Float.POSITIVE_INFINITY;
    float most = Float.NEGATIVE_INFINITY;
    for (int i = from; i < from + group; i++) {
      least = Math.min(least, numbers[i]);
      most = Math.max(most, numbers[i]);
    }
    int levels = (1 << bits) - 1;
    boolean below = Math.abs(least) > Math.abs(most);
    float scale = Math.max((most - least) / levels, 1e-7f);
    scale = below ? scale : -scale;
    float edge = below ? least : most;
    float zero = (float) Math.rint(edge / scale);
    float bias = 0;
    if (zero != 0) {
      scale = edge / zero;
      bias = edge;
    }
    for (int i = 0; i < group; i++) {
      float code = (float) Math.rint((numbers[from + i] - bias) / scale);
      codes[to + i] = (int) Math.min(Math.max(code, 0), levels);
    }
    affine[0] = scale;
    affine[1] = bias;
  }

  /** Packs codes one after the other, lowest bits first; their bits are whole bytes. */
  void pack(int[] codes, int count, byte[] dst) {
    long buffer = 0;
    int filled = 0;
    int at = 0;
    for (int i = 0; i < count; i++) {
      buffer |= (long) codes[i] << filled;
      filled += bits;
      while (filled >= 8) {
        dst[at++] = (byte) buffer;
        buffer >>>= 8;
        filled -= 8;
      }
    }
  }
}
