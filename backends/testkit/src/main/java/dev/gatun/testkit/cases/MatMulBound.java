package dev.gatun.testkit.cases;

import dev.gatun.graph.op.Array;
import dev.gatun.tensor.DType;
import dev.gatun.testkit.Bound;
import java.util.Arrays;
import java.util.Map;

/**
 * Errors of {@code x w^T}.
 *
 * <p>Single precision, any order of summation: at most {@code (k + 8) u sum |x||w|} with u = 2^-24
 * (Higham 2002, section 3.1); a block format may be summed by its parts (scale, minimum), whose
 * magnitudes are at most four times the block's largest weight. 8-bit activations: each is off by
 * at most half a step, {@code max|x| / 254} of its block, and by the scale's own rounding; the
 * steps' errors are independent, which bounds the root mean square far more tightly. Activations in
 * BF16: each is off by at most 2^-8 of itself, half a step of its 8 significant bits. Half
 * precision: activations and weights are each off by at most 2^-11 of themselves, or by 2^-25 where
 * they are tiny; what is too large for it is not judged.
 *
 * @param weights weights by output name, decoded
 * @param inputs name of the activations by output name
 */
record MatMulBound(Map<String, Array> weights, Map<String, String> inputs) implements Bound {
  private static final double UNIT = 0x1p-24;

  /** Activations that share a scale: 32 or 256 in the formats in use. */
  private static final int ACTIVATION_BLOCK = 256;

  private static final double SCALE_ROUNDING = 0x1p-10;

  /** Of a number just above a power of two, the largest in relation. */
  private static final double BF16_STEP = 0x1p-7;

  /** Activations and weights in half precision together. */
  private static final double HALF_STEP = 0x1p-9;

  private static final double HALF_TINY = 0x1p-25;
  private static final double HALF_LARGEST = 65504;

  @Override
  public Limits limits(Question question) {
    Array w = weights.get(question.output());
    Array x = question.step().tensors().get(inputs.get(question.output()));
    int k = Math.toIntExact(w.shape().rowLength());
    int n = Math.toIntExact(w.shape().elements() / k);
    int m = x.values().length / k;
    boolean int8 = question.precision().int8(w.dtype());
    boolean half = question.precision().half(w.dtype());
    boolean rounded = half || int8 || question.precision().bf16(w.dtype());
    double[] steps = int8 ? steps(x.values(), k) : new double[x.values().length];
    if (question.precision().bf16(w.dtype())) {
      Arrays.setAll(steps, i -> Math.abs(x.values()[i]) * BF16_STEP);
    }
    if (half) {
      Arrays.setAll(steps, i -> Math.abs(x.values()[i]) * HALF_STEP);
    }
    double[] errors = new double[m * n];
    double squares = 0;
    double[] row = new double[k];
    double[] magnitude = new double[k];
    for (int j = 0; j < n; j++) {
      System.arraycopy(w.values(), j * k, row, 0, k);
      magnitudes(row, magnitude, w.dtype());
      for (int i = 0; i < m; i++) {
        double sum = 0;
        double stepSum = 0;
        double variance = 0;
        for (int c = 0; c < k; c++) {
          double a = x.values()[i * k + c];
          sum += half && Math.abs(a) > HALF_LARGEST ? Double.NaN : Math.abs(a) * magnitude[c];
          double step = steps[i * k + c];
          double off = step / 2 + (int8 ? Math.abs(a) * SCALE_ROUNDING : half ? HALF_TINY : 0);
          stepSum += Math.abs(row[c]) * off + (half ? Math.abs(a) * HALF_TINY : 0);
          variance += row[c] * row[c] * (step * step / 12 + a * a * UNIT);
        }
        boolean unknown = rounded && !Double.isFinite(sum);
        double single = (k + 8) * UNIT * sum + Float.MIN_NORMAL;
        errors[i * n + j] = unknown ? IGNORED : finite(single + stepSum);
        squares += unknown ? 0 : finite(variance + single * single);
      }
    }
    double rms = rounded ? 4 * Math.sqrt(squares / Math.max(1, m * n)) : Double.POSITIVE_INFINITY;
    return new Limits(errors, rms, false);
  }

  private static double finite(double x) {
    return Double.isFinite(x) ? x : 0;
  }

  /** Size of one 8-bit step at each element. */
  private static double[] steps(double[] x, int k) {
    double[] steps = new double[x.length];
    for (int row = 0; row < x.length; row += k) {
      for (int from = row; from < row + k; from += ACTIVATION_BLOCK) {
        int to = Math.min(from + ACTIVATION_BLOCK, row + k);
        double max = 0;
        for (int i = from; i < to; i++) {
          max = Math.max(max, Math.abs(x[i]));
        }
        Arrays.fill(steps, from, to, max / 127);
      }
    }
    return steps;
  }

  private static void magnitudes(double[] row, double[] magnitude, DType dtype) {
    int block = dtype.blockElements();
    for (int from = 0; from < row.length; from += block) {
      double max = 0;
      for (int i = from; i < from + block; i++) {
        max = Math.max(max, Math.abs(row[i]));
      }
      Arrays.fill(magnitude, from, from + block, dtype.isBlocked() ? 4 * max : max);
    }
  }
}
