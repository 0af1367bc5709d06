package dev.gatun.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import dev.gatun.graph.op.Array;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import java.util.Arrays;

/** Compares a device's output with the reference under a bound. */
final class Compare {
  private Compare() {}

  static void check(Bound bound, Bound.Question question, Array actual) {
    Array expected = question.expected();
    assertEquals(expected.shape(), actual.shape(), question.output());
    double[] want = expected.values();
    double[] got = actual.values();
    Bound.Limits limits = bound.limits(question);
    boolean discrete = !expected.dtype().isFloat();
    int bad = 0;
    int worst = -1;
    double worstRatio = 0;
    double squares = 0;
    for (int i = 0; i < want.length; i++) {
      double rounded = round(expected.dtype(), want[i]);
      double limit = discrete ? 0 : limits.error(i);
      double ratio = ratio(rounded, got[i], limit, limits.strict());
      double error = Math.abs(got[i] - rounded);
      squares += limit == Bound.IGNORED || !Double.isFinite(error) ? 0 : error * error;
      if (ratio > 1) {
        bad++;
      }
      if (ratio > worstRatio) {
        worstRatio = ratio;
        worst = i;
      }
    }
    if (bad > 0) {
      fail(
          "output '%s' %s: %d of %d elements differ; worst at %s: %s instead of %s, allowed %s"
              .formatted(
                  question.output(),
                  expected.shape(),
                  bad,
                  want.length,
                  Arrays.toString(index(expected.shape(), worst)),
                  got[worst],
                  want[worst],
                  limits.error(worst)));
    }
    double rms = Math.sqrt(squares / Math.max(1, want.length));
    if (rms > limits.rms()) {
      fail(
          "output '%s' %s: errors have a root mean square of %s, allowed %s"
              .formatted(question.output(), expected.shape(), rms, limits.rms()));
    }
  }

  /** Error as a share of what is allowed; more than 1 is a failure. */
  private static double ratio(double want, double got, double limit, boolean strict) {
    if (limit == Bound.IGNORED) {
      return 0;
    }
    if (!Double.isFinite(want) || !Double.isFinite(got)) {
      boolean same =
          strict ? Double.compare(want, got) == 0 : !Double.isFinite(want) && !Double.isFinite(got);
      return same ? 0 : Double.POSITIVE_INFINITY;
    }
    double error = Math.abs(got - want);
    return error == 0 ? 0 : error / limit;
  }

  private static double round(DType dtype, double x) {
    return dtype == DType.F32 ? (float) x : x;
  }

  private static long[] index(Shape shape, int flat) {
    long[] index = new long[shape.rank()];
    long rest = flat;
    for (int axis = index.length - 1; axis >= 0; axis--) {
      index[axis] = rest % shape.dim(axis);
      rest /= shape.dim(axis);
    }
    return index;
  }
}
