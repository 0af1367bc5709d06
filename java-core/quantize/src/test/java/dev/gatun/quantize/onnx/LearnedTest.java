package dev.gatun.quantize.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** GPTQ and HQQ against what ONNX Runtime's own give ({@code make_learned.py}). */
class LearnedTest {
  private static final int ROWS = 160;

  /** Codes that fall to the other side because one rounds in single, one in double precision. */
  private static final double FLIPPED = 0.02;

  /** The column of {@link BlocksTest#matrix} with halves between codes, which round apart. */
  private static final int TIES = 5;

  static List<String> cases(String algorithm) throws IOException {
    try (InputStream in = LearnedTest.class.getResourceAsStream("learned.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> line.startsWith(algorithm))
          .toList();
    }
  }

  static List<String> gptq() throws IOException {
    return cases("gptq");
  }

  static List<String> hqq() throws IOException {
    return cases("hqq");
  }

  private static int number(String[] words, int index) {
    return Integer.parseInt(words[index]);
  }

  @ParameterizedTest
  @MethodSource("gptq")
  void errorsAreMadeGoodAsOnnxRuntimeDoes(String line) {
    String[] words = line.split(" ", -1);
    int k = number(words, 3);
    int n = number(words, 4);
    GramMatrix gram = new GramMatrix(k);
    float[] inputs = inputs(k);
    gram.add(inputs);
    WeightMatrix weights = BlocksTest.matrix(k, n);
    var shape = new BlockShape(number(words, 1), number(words, 2), false);
    BlockCodes codes = new Gptq(gram).quantize(weights, shape);
    float[] own = new float[k * n];
    float[] expected = new float[k * n];
    int same = 0;
    int counted = 0;
    for (int i = 0; i < own.length; i++) {
      own[i] = codes.value(i % n, i / n);
      expected[i] = Float.parseFloat(words[5 + i]);
      if (i % n != TIES) {
        counted++;
        same += Math.abs(own[i] - expected[i]) <= 1e-4 * Math.abs(expected[i]) + 1e-6 ? 1 : 0;
      }
    }
    assertTrue(same >= (1 - FLIPPED) * counted, same + " of " + counted);
    double theirs = productError(inputs, expected, weights);
    assertEquals(theirs, productError(inputs, own, weights), 0.01 * theirs);
  }

  /** Here a block ends with its best turn, there all blocks with the last one. */
  @ParameterizedTest
  @MethodSource("hqq")
  void movedZerosLeaveTheErrorThatOnnxRuntimesLeave(String line) {
    String[] words = line.split(" ", -1);
    WeightMatrix weights = BlocksTest.matrix(number(words, 3), number(words, 4));
    var shape = new BlockShape(number(words, 1), number(words, 2), false);
    double own = new HalfQuadratic().quantize(weights, shape).meanError(weights.values());
    double theirs = Double.parseDouble(words[5]);
    assertTrue(own < 1.01 * theirs && own > 0.9 * theirs, own + " against " + theirs);
  }

  private static float uniform(int state) {
    return (float) ((state >>> 8) / 8388608.0 - 1);
  }

  /** The activations of make_learned.py. */
  private static float[] inputs(int k) {
    float[] x = new float[ROWS * k];
    int state = 7;
    for (int row = 0; row < ROWS; row++) {
      state = state * 1664525 + 1013904223;
      float common = uniform(state);
      for (int i = 0; i < k; i++) {
        state = state * 1664525 + 1013904223;
        float size = i % 13 == 0 ? 8 : 1;
        x[row * k + i] = i == 7 ? 0 : size * (common + 0.5f * uniform(state));
      }
    }
    return x;
  }

  private static double productError(float[] x, float[] values, WeightMatrix weights) {
    int k = weights.rows();
    int n = weights.columns();
    double total = 0;
    for (int row = 0; row < ROWS; row++) {
      for (int column = 0; column < n; column++) {
        double error = 0;
        for (int i = 0; column != TIES && i < k; i++) {
          int at = i * n + column;
          error += x[row * k + i] * (values[at] - weights.values()[at]);
        }
        total += error * error;
      }
    }
    return total;
  }
}
