package dev.gatun.quantize.onnx;

/**
 * Scales from the extremes of each block, codes by rounding. Symmetric: the extreme of the larger
 * magnitude (the lower of two equal ones) becomes code 0; its scale may be negative. Asymmetric:
 * the range with 0 in it is divided evenly. The arithmetic (single precision, multiplication with
 * the reciprocal, halves away from zero) is that of ONNX Runtime's quantizer, so the bytes are the
 * same.
 */
final class RoundToNearest implements BlockAlgorithm {
  @Override
  public BlockCodes quantize(WeightMatrix weights, BlockShape shape) {
    BlockCodes result = new BlockCodes(shape, weights.rows(), weights.columns());
    float[] low = new float[result.n];
    float[] high = new float[result.n];
    float[] factor = new float[result.n];
    for (int b = 0; b < result.blocks; b++) {
      int from = b * shape.block();
      int to = Math.min(result.k, from + shape.block());
      extremes(weights, from, to, low, high);
      for (int column = 0; column < result.n; column++) {
        factor[column] = scale(result, column * result.blocks + b, low[column], high[column]);
      }
      for (int row = from; row < to; row++) {
        for (int column = 0; column < result.n; column++) {
          float scaled = weights.values()[row * result.n + column] * factor[column];
          float zero = result.zeros[column * result.blocks + b];
          result.codes[result.index(column, row)] = (byte) result.nearest(scaled + zero);
        }
      }
    }
    return result;
  }

  /** Extremes of the columns over some rows; 0 is among them. */
  static void extremes(WeightMatrix weights, int from, int to, float[] low, float[] high) {
    int n = weights.columns();
    java.util.Arrays.fill(low, 0);
    java.util.Arrays.fill(high, 0);
    for (int row = from; row < to; row++) {
      for (int column = 0; column < n; column++) {
        float x = weights.values()[row * n + column];
        low[column] = Math.min(low[column], x);
        high[column] = Math.max(high[column], x);
      }
    }
  }

  /** Sets scale and zero point of a block; gives what a weight is multiplied with. */
  static float scale(BlockCodes result, int block, float low, float high) {
    BlockShape shape = result.shape;
    float scale;
    if (shape.symmetric()) {
      scale = (Math.abs(high) > Math.abs(low) ? high : low) / -shape.middle();
    } else {
      scale = (high - low) / shape.largest();
      float zero = scale == 0 ? low : -low / scale;
      result.zeros[block] = result.nearest(zero);
    }
    result.scales[block] = scale;
    return scale == 0 ? 0 : 1 / scale;
  }
}
