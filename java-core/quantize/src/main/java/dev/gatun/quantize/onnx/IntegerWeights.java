package dev.gatun.quantize.onnx;

/**
 * Weights as signed whole numbers with the zero point 0: {@code w = scale * code}.
 *
 * @param codes in the weights' order
 * @param scales one, or one for each extent of the axis
 * @param axis whose extents have scales of their own; negative for none
 */
@SuppressWarnings("ArrayRecordComponent")
record IntegerWeights(byte[] codes, float[] scales, int axis) {
  /**
   * Rounds to the nearest code (halves to even), the largest magnitude being 127, or 64 in a
   * reduced range: ONNX Runtime's symmetric weights.
   *
   * @param axis whose extents get scales of their own; negative for one scale
   */
  static IntegerWeights of(WeightMatrix weights, int axis, boolean reduceRange) {
    int most = reduceRange ? 64 : 127;
    int extent = axis < 0 ? 1 : weights.dims()[axis];
    int inner = 1;
    for (int i = axis + 1; axis >= 0 && i < weights.dims().length; i++) {
      inner *= weights.dims()[i];
    }
    float[] values = weights.values();
    float[] largest = new float[extent];
    for (int i = 0; i < values.length; i++) {
      int own = axis < 0 ? 0 : i / inner % extent;
      largest[own] = Math.max(largest[own], Math.abs(values[i]));
    }
    float[] scales = new float[extent];
    for (int i = 0; i < extent; i++) {
      double scale = (2.0 * largest[i]) / (2.0 * most);
      // A scale that single precision cannot invert stands for nothing.
      scales[i] = scale < Float.MIN_NORMAL ? 1 : (float) scale;
    }
    byte[] codes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      int own = axis < 0 ? 0 : i / inner % extent;
      double code = Math.rint(values[i] / scales[own]);
      codes[i] = (byte) Math.max(-most, Math.min(most, code));
    }
    return new IntegerWeights(codes, scales, axis);
  }
}
