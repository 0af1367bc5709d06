package dev.gatun.quantize.onnx;

/** What rounding the weights of a product adds to its outputs in the mean. */
final class BiasError {
  private BiasError() {}

  /** For each column the mean input times what rounding took off the weights. */
  static float[] of(WeightMatrix matrix, IntegerWeights weights, ChannelStats stats) {
    byte[] codes = weights.codes();
    int columns = matrix.columns();
    double[] sums = new double[columns];
    for (int row = 0; row < matrix.rows(); row++) {
      float mean = stats.mean(row);
      for (int column = 0; column < columns; column++) {
        int at = row * columns + column;
        float scale = weights.scales()[weights.axis() < 0 ? 0 : column];
        sums[column] += mean * (matrix.values()[at] - (double) scale * codes[at]);
      }
    }
    float[] errors = new float[columns];
    for (int column = 0; column < columns; column++) {
      errors[column] = (float) sums[column];
    }
    return errors;
  }
}
