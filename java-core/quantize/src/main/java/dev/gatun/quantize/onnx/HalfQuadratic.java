package dev.gatun.quantize.onnx;

/**
 * Half-quadratic quantization (HQQ, Badri and Shaji 2023): data-free. Scales stay those of the
 * block's range; the zero point, a floating number, is moved in turns so that the errors without
 * their few large ones (a proximal step of the l-0.7 norm) have mean 0. Of the turns of a block the
 * best by mean absolute error is kept, so that no block is worse than it began.
 */
final class HalfQuadratic implements BlockAlgorithm {
  private static final int TURNS = 20;
  private static final float NORM = 0.7f;
  private static final float FIRST_BETA = 10;
  private static final float KAPPA = 1.01f;

  @Override
  public BlockCodes quantize(WeightMatrix weights, BlockShape shape) {
    BlockCodes result =
        new BlockCodes(
            new BlockShape(shape.bits(), shape.block(), false), weights.rows(), weights.columns());
    float[] column = new float[result.k];
    for (int n = 0; n < result.n; n++) {
      for (int k = 0; k < result.k; k++) {
        column[k] = weights.values()[k * result.n + n];
      }
      for (int b = 0; b < result.blocks; b++) {
        int from = b * shape.block();
        block(result, n, b, column, from, Math.min(result.k, from + shape.block()));
      }
    }
    return result;
  }

  private static void block(BlockCodes result, int n, int b, float[] x, int from, int to) {
    float low = x[from];
    float high = x[from];
    for (int i = from; i < to; i++) {
      low = Math.min(low, x[i]);
      high = Math.max(high, x[i]);
    }
    int largest = result.shape.largest();
    // Codes per unit; bounded, as the reference does, so that constants do not overflow.
    float factor = high == low ? 1 : Math.min(largest / (high - low), 2e4f);
    float zero = (float) Math.rint(-low * factor);
    float best = zero;
    double least = Double.POSITIVE_INFINITY;
    float beta = FIRST_BETA;
    for (int turn = 0; turn < TURNS; turn++) {
      double error = 0;
      double next = 0;
      for (int i = from; i < to; i++) {
        float code = clamp((float) Math.rint(x[i] * factor + zero), largest);
        float left = x[i] - (code - zero) / factor;
        error += Math.abs(left);
        next += code - (x[i] - shrink(left, beta)) * factor;
      }
      if (error >= least) {
        break;
      }
      least = error;
      best = zero;
      zero = (float) (next / (to - from));
      beta *= KAPPA;
    }
    int own = n * result.blocks + b;
    result.scales[own] = 1 / factor;
    result.zeros[own] = best;
    for (int i = from; i < to; i++) {
      float code = clamp((float) Math.rint(x[i] * factor + best), largest);
      result.codes[result.index(n, i)] = (byte) (int) code;
    }
  }

  private static float clamp(float code, int largest) {
    return Math.max(0, Math.min(largest, code));
  }

  /** The proximal operator of the norm: small errors vanish, large ones stay. */
  private static float shrink(float x, float beta) {
    double magnitude = Math.abs(x);
    double kept = magnitude - Math.pow(magnitude + 1e-8, NORM - 1) / beta;
    return kept <= 0 ? 0 : (float) Math.copySign(kept, x);
  }
}
