package dev.gatun.quantize.onnx;

import dev.gatun.tensor.Tensor;

/** Extremes, mean, mean magnitude and mean square of each channel of a value. */
final class ChannelStats {
  final float[] low;
  final float[] high;
  private final double[] sums;
  private final double[] magnitudes;
  private final double[] squares;
  private long rows;

  ChannelStats(int channels) {
    low = new float[channels];
    high = new float[channels];
    sums = new double[channels];
    magnitudes = new double[channels];
    squares = new double[channels];
    java.util.Arrays.fill(low, Float.POSITIVE_INFINITY);
    java.util.Arrays.fill(high, Float.NEGATIVE_INFINITY);
  }

  /**
   * Adds numbers.
   *
   * @param inner numbers of a channel that stand side by side
   */
  void add(int inner, float... values) {
    for (int i = 0; i < values.length; i++) {
      int channel = i / inner % low.length;
      float x = values[i];
      low[channel] = Math.min(low[channel], x);
      high[channel] = Math.max(high[channel], x);
      sums[channel] += x;
      magnitudes[channel] += Math.abs(x);
      squares[channel] += (double) x * x;
    }
    rows += values.length / low.length;
  }

  int channels() {
    return low.length;
  }

  float mean(int channel) {
    return (float) (sums[channel] / Math.max(1, rows));
  }

  float meanMagnitude(int channel) {
    return (float) (magnitudes[channel] / Math.max(1, rows));
  }

  double meanSquare(int channel) {
    return squares[channel] / Math.max(1, rows);
  }

  float largest(int channel) {
    return Math.max(Math.abs(low[channel]), Math.abs(high[channel]));
  }

  /** Extent of an axis and what stands side by side in it. */
  static int inner(Tensor tensor, int axis) {
    long inner = 1;
    for (int i = axis + 1; i < tensor.shape().rank(); i++) {
      inner *= tensor.shape().dim(i);
    }
    return Math.toIntExact(inner);
  }
}
