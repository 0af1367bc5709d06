package dev.gatun.quantize.onnx;

import dev.gatun.tensor.DType;

/**
 * How a value is quantized: {@code x = scale * (code - zero)}.
 *
 * @param dtype of the codes
 * @param zero the code of 0
 */
record ActivationScale(DType dtype, float scale, int zero) {
  /** From a range, which is widened to hold 0; arithmetic in double precision as ONNX Runtime's. */
  static ActivationScale of(ValueRange range, boolean symmetric, int bits) {
    double low = Math.min(0, range.low());
    double high = Math.max(0, range.high());
    DType dtype = symmetric ? bits == 8 ? DType.I8 : DType.I16 : bits == 8 ? DType.U8 : DType.U16;
    int least = symmetric ? 1 - (1 << (bits - 1)) : 0;
    int most = symmetric ? (1 << (bits - 1)) - 1 : (1 << bits) - 1;
    if (symmetric) {
      high = Math.max(-low, high);
      low = -high;
    }
    double scale = (high - low) / ((double) most - least);
    if (scale < Float.MIN_NORMAL) {
      return new ActivationScale(dtype, 1, 0);
    }
    int zero = symmetric ? 0 : (int) Math.rint(least - low / scale);
    return new ActivationScale(dtype, (float) scale, Math.max(least, Math.min(most, zero)));
  }
}
