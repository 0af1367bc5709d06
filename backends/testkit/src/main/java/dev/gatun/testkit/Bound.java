package dev.gatun.testkit;

import dev.gatun.graph.op.Array;
import java.util.Arrays;
import java.util.function.Function;

/** How far a device's result may be from the reference. */
@FunctionalInterface
public interface Bound {
  /** Whoever sets this as an element's error does not want it compared. */
  double IGNORED = Double.POSITIVE_INFINITY;

  /**
   * What a bound is asked for.
   *
   * @param output the output's name
   * @param expected the reference's result
   */
  record Question(Precision precision, Step step, String output, Array expected) {}

  /** The answer. */
  final class Limits {
    private final double[] errors;
    private final double rms;
    private final boolean strict;

    /**
     * @param errors largest allowed absolute error of each element, beyond rounding the reference
     *     to the output's dtype
     * @param rms largest allowed root mean square of all errors
     * @param strict whether infinities must be the same ones; else what is not finite must only
     *     stay so, as sums in another order turn an infinity into a NaN
     */
    public Limits(double[] errors, double rms, boolean strict) {
      this.errors = errors.clone();
      this.rms = rms;
      this.strict = strict;
    }

    public double error(int index) {
      return errors[index];
    }

    public double rms() {
      return rms;
    }

    public boolean strict() {
      return strict;
    }
  }

  Limits limits(Question question);

  /** No error at all: for ops that only move or round values. */
  static Bound exact() {
    return question ->
        new Limits(new double[question.expected().values().length], Double.POSITIVE_INFINITY, true);
  }

  /** {@code relative * |expected| + absolute}, element by element. */
  static Bound relative(double relative, double absolute) {
    return question -> {
      double[] errors = question.expected().values().clone();
      Arrays.setAll(errors, i -> relative * Math.abs(errors[i]) + absolute);
      return new Limits(finite(errors), Double.POSITIVE_INFINITY, true);
    };
  }

  /** {@code share} of the largest finite magnitude in the element's row (innermost dimension). */
  static Bound ofRow(double share) {
    return question -> {
      double[] errors = rowMaxima(question.expected());
      Arrays.setAll(errors, i -> share * errors[i] + Float.MIN_NORMAL);
      return new Limits(errors, Double.POSITIVE_INFINITY, false);
    };
  }

  /** The bound for what a device's kernels do to activations. */
  static Bound byPrecision(Function<Precision, Bound> bounds) {
    return question -> bounds.apply(question.precision()).limits(question);
  }

  /** For each element the largest finite magnitude in its row. */
  static double[] rowMaxima(Array array) {
    double[] values = array.values();
    double[] maxima = new double[values.length];
    int row = Math.toIntExact(Math.max(1, array.shape().rowLength()));
    for (int from = 0; from < values.length; from += row) {
      double max = 0;
      for (int i = from; i < from + row; i++) {
        max = Double.isFinite(values[i]) ? Math.max(max, Math.abs(values[i])) : max;
      }
      Arrays.fill(maxima, from, from + row, max);
    }
    return maxima;
  }

  private static double[] finite(double[] errors) {
    for (int i = 0; i < errors.length; i++) {
      if (!Double.isFinite(errors[i])) {
        errors[i] = 0;
      }
    }
    return errors;
  }
}
