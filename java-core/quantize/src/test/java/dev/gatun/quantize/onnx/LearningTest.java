package dev.gatun.quantize.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Algorithms that look at activations lower the error of the product that they are made for. */
class LearningTest {
  private static final int K = 64;
  private static final int N = 24;
  private static final int ROWS = 200;
  private static final BlockShape SHAPE = new BlockShape(4, 16, true);

  private final Random random = new Random(3);
  private final float[] inputs = inputs();
  private final WeightMatrix weights = new WeightMatrix("w", gaussians(K * N), K, N);

  /** Channels of different sizes that depend on each other. */
  private float[] inputs() {
    float[] x = new float[ROWS * K];
    for (int row = 0; row < ROWS; row++) {
      float common = (float) random.nextGaussian();
      for (int i = 0; i < K; i++) {
        float size = i % 13 == 0 ? 8 : 1;
        x[row * K + i] = size * (common + 0.5f * (float) random.nextGaussian());
      }
    }
    return x;
  }

  private float[] gaussians(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  @Test
  void errorsAreMadeGoodInLaterRows() {
    GramMatrix gram = new GramMatrix(K);
    gram.add(inputs);
    double rounded = productError(new RoundToNearest().quantize(weights, SHAPE), null);
    double solved = productError(new Gptq(gram).quantize(weights, SHAPE), null);
    assertTrue(solved < 0.7 * rounded, solved + " against " + rounded);
  }

  @Test
  void largeChannelsAreRoundedMoreFinely() {
    ChannelStats stats = new ChannelStats(K);
    stats.add(1, inputs);
    float[] factors = ActivationAware.factors(List.of(weights), stats, SHAPE);
    double rounded = productError(new RoundToNearest().quantize(weights, SHAPE), null);
    double aware =
        productError(new RoundToNearest().quantize(weights.scaledRows(factors), SHAPE), factors);
    assertTrue(aware < 0.9 * rounded, aware + " against " + rounded);
  }

  @Test
  void factorIsOfTheInverse() {
    double[] h = {4, 1, 0.5, 1, 3, 0.25, 0.5, 0.25, 2};
    double[] u = InverseFactor.of(h.clone(), 3);
    // (U'U) H is the identity.
    for (int i = 0; i < 3; i++) {
      for (int j = 0; j < 3; j++) {
        double sum = 0;
        for (int a = 0; a < 3; a++) {
          for (int m = 0; m < 3; m++) {
            sum += u[a * 3 + i] * u[a * 3 + m] * h[m * 3 + j];
          }
        }
        assertEquals(i == j ? 1 : 0, sum, 1e-12);
      }
    }
  }

  private double productError(BlockCodes codes, float[] divisors) {
    double total = 0;
    for (int row = 0; row < ROWS; row++) {
      for (int column = 0; column < N; column++) {
        double error = 0;
        for (int i = 0; i < K; i++) {
          double w = codes.value(column, i) / (divisors == null ? 1 : divisors[i]);
          error += inputs[row * K + i] * (w - weights.values()[i * N + column]);
        }
        total += error * error;
      }
    }
    return total;
  }
}
