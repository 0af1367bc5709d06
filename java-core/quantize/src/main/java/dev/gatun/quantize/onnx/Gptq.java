package dev.gatun.quantize.onnx;

/**
 * GPTQ (Frantar and others 2022): rows of the weights are rounded one after the other, and what
 * rounding changed in the product is made good in the rows that follow, as the inputs' covariance
 * says. Scales are those of a block when its first row is reached; rows keep their order.
 */
final class Gptq implements BlockAlgorithm {
  private static final double DAMPING = 0.01;

  private final GramMatrix gram;
  private final double[] factor;

  /**
   * @param gram of the activation that the weights are multiplied with
   */
  Gptq(GramMatrix gram) {
    this.gram = gram;
    factor = InverseFactor.of(gram.damped(DAMPING), gram.k);
  }

  @Override
  public BlockCodes quantize(WeightMatrix weights, BlockShape shape) {
    BlockCodes result = new BlockCodes(shape, weights.rows(), weights.columns());
    int n = result.n;
    float[] w = weights.values().clone();
    for (int row = 0; row < result.k; row++) {
      if (gram.isDead(row)) {
        // Nothing reads it: it shall not widen its block's range.
        java.util.Arrays.fill(w, row * n, (row + 1) * n, 0);
      }
    }
    WeightMatrix current = new WeightMatrix(weights.name(), w, weights.rows(), n);
    float[] low = new float[n];
    float[] high = new float[n];
    float[] factors = new float[n];
    float[] errors = new float[n];
    for (int row = 0; row < result.k; row++) {
      if (row % shape.block() == 0) {
        int to = Math.min(result.k, row + shape.block());
        RoundToNearest.extremes(current, row, to, low, high);
        for (int column = 0; column < n; column++) {
          int own = column * result.blocks + row / shape.block();
          factors[column] = RoundToNearest.scale(result, own, low[column], high[column]);
        }
      }
      double diagonal = factor[row * gram.k + row];
      for (int column = 0; column < n; column++) {
        int own = column * result.blocks + row / shape.block();
        float x = w[row * n + column];
        float scaled = x * factors[column] + result.zeros[own];
        result.codes[result.index(column, row)] = (byte) result.nearest(scaled);
        errors[column] = (float) ((x - result.value(column, row)) / diagonal);
      }
      for (int later = row + 1; later < result.k; later++) {
        float share = (float) factor[row * gram.k + later];
        int at = later * n;
        for (int column = 0; column < n; column++) {
          w[at + column] -= errors[column] * share;
        }
      }
    }
    return result;
  }
}
