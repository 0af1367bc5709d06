package dev.gatun.pipelines.onnx;

import dev.gatun.graph.op.Array;
import dev.gatun.tensor.Tensor;
import java.util.Arrays;
import java.util.Optional;

/**
 * ONNX's own measure of its node tests: a thousandth of the expected number, or 1e-7. Sums near
 * zero of large numbers may differ by a millionth of the largest number, in single precision.
 */
final class NodeTolerance {
  private static final double RELATIVE = 1e-3;
  private static final double ABSOLUTE = 1e-7;
  private static final double OF_LARGEST = 1e-6;

  private NodeTolerance() {}

  static Optional<String> difference(Tensor expected, Tensor actual) {
    if (expected.dtype() != actual.dtype() || !expected.shape().equals(actual.shape())) {
      return Optional.of(
          "is %s %s, not %s %s"
              .formatted(actual.dtype(), actual.shape(), expected.dtype(), expected.shape()));
    }
    double[] want = Array.of(expected).values();
    double[] have = Array.of(actual).values();
    double largest = Arrays.stream(want).filter(Double::isFinite).map(Math::abs).max().orElse(0);
    double absolute = expected.dtype().isFloat() ? Math.max(ABSOLUTE, OF_LARGEST * largest) : 0;
    for (int i = 0; i < want.length; i++) {
      boolean same =
          want[i] == have[i]
              || (Double.isNaN(want[i]) && Double.isNaN(have[i]))
              || Math.abs(want[i] - have[i]) <= absolute + RELATIVE * Math.abs(want[i]);
      if (!same) {
        return Optional.of("[%d] is %s, not %s".formatted(i, have[i], want[i]));
      }
    }
    return Optional.empty();
  }
}
