package dev.gatun.quantize.onnx;

import dev.gatun.tensor.Tensor;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Sum of the outer products of the rows of an activation: {@code X'X}. */
final class GramMatrix {
  /** Rows beyond these change little and cost much. */
  private static final int MOST_ROWS = 4096;

  final int k;
  final double[] sums;
  private int rows;

  GramMatrix(int k) {
    this.k = k;
    sums = new double[Math.multiplyExact(k, k)];
  }

  /** Of each value that products read, over all examples. */
  static Map<String, GramMatrix> of(ActivationSource source, Set<String> values) {
    Map<String, GramMatrix> result = new HashMap<>();
    source.run(
        values,
        (value, tensor) ->
            result
                .computeIfAbsent(value, name -> new GramMatrix(width(tensor)))
                .add(tensor.toFloats()));
    return result;
  }

  private static int width(Tensor tensor) {
    return Math.toIntExact(tensor.shape().rowLength());
  }

  /** Adds rows of k numbers. */
  void add(float... values) {
    for (int at = 0; at < values.length && rows < MOST_ROWS; at += k, rows++) {
      for (int i = 0; i < k; i++) {
        double x = values[at + i];
        int row = i * k;
        for (int j = 0; j <= i; j++) {
          sums[row + j] += x * values[at + j];
        }
      }
    }
  }

  /**
   * The matrix with its mean diagonal's {@code damping} added to the diagonal; channels that were
   * always 0 have 1 there.
   */
  double[] damped(double damping) {
    double[] h = new double[sums.length];
    double trace = 0;
    for (int i = 0; i < k; i++) {
      for (int j = 0; j <= i; j++) {
        h[i * k + j] = sums[i * k + j] / Math.max(1, rows);
        h[j * k + i] = h[i * k + j];
      }
      if (h[i * k + i] == 0) {
        h[i * k + i] = 1;
      }
      trace += h[i * k + i];
    }
    for (int i = 0; i < k; i++) {
      h[i * k + i] += damping * trace / k;
    }
    return h;
  }

  boolean isDead(int channel) {
    return sums[channel * k + channel] == 0;
  }
}
