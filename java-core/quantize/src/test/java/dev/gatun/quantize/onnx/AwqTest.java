package dev.gatun.quantize.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** AWQ's factors against those that the authors' own search chooses ({@code make_awq.py}). */
class AwqTest {
  private static final int ROWS = 160;

  private int state;

  static List<String> cases() throws IOException {
    try (InputStream in = AwqTest.class.getResourceAsStream("awq.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }

  private float next() {
    state = state * 1664525 + 1013904223;
    return (float) ((state >>> 8) / 8388608.0 - 1);
  }

  private WeightMatrix matrix(int k, int n) {
    state = k * 37 + n;
    float[] values = new float[k * n];
    for (int i = 0; i < values.length; i++) {
      values[i] = next();
    }
    return new WeightMatrix("w", values, k, n);
  }

  private float[] inputs(int k, float common) {
    state = 11;
    float[] x = new float[ROWS * k];
    for (int row = 0; row < ROWS; row++) {
      float shared = next();
      for (int i = 0; i < k; i++) {
        float size = i % 13 == 0 ? 20 : 1 + i % 5;
        x[row * k + i] = size * (shared * common + next());
      }
    }
    return x;
  }

  /**
   * The authors measure the product's output; here its channels are taken to be independent. Where
   * they are, both choose the same strength (with 8 bits all strengths leave nearly the same
   * error); where they are not, ours leaves more error.
   */
  @ParameterizedTest
  @MethodSource("cases")
  void channelsGetTheAuthorsFactors(String line) {
    String[] words = line.split(" ", -1);
    int k = Integer.parseInt(words[2]);
    int n = Integer.parseInt(words[3]);
    boolean dependent = words[4].equals("1");
    boolean close = words[0].equals("8");
    float[] expected = new float[k];
    for (int i = 0; i < k; i++) {
      expected[i] = Float.parseFloat(words[5 + i]);
    }
    WeightMatrix weights = matrix(k, n);
    float[] x = inputs(k, dependent ? 1 : 0);
    ChannelStats stats = new ChannelStats(k);
    stats.add(1, x);
    var shape = new BlockShape(Integer.parseInt(words[0]), Integer.parseInt(words[1]), false);
    float[] own = ActivationAware.factors(List.of(weights), stats, shape);
    if (!dependent && !close) {
      assertArrayEquals(expected, own, 1e-4f);
    }
    double theirs = productError(x, weights, expected, shape);
    double ours = productError(x, weights, own, shape);
    assertTrue(ours < (dependent ? 1.25 : 1.03) * theirs, ours + " against " + theirs);
  }

  private static double productError(
      float[] x, WeightMatrix weights, float[] factors, BlockShape shape) {
    BlockCodes codes = new RoundToNearest().quantize(weights.scaledRows(factors), shape);
    int k = weights.rows();
    int n = weights.columns();
    double total = 0;
    for (int row = 0; row < ROWS; row++) {
      for (int column = 0; column < n; column++) {
        double error = 0;
        for (int i = 0; i < k; i++) {
          float left = codes.value(column, i) / factors[i] - weights.values()[i * n + column];
          error += x[row * k + i] * left;
        }
        total += error * error;
      }
    }
    return total;
  }
}
