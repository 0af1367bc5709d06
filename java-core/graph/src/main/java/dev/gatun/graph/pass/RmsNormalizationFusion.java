package dev.gatun.graph.pass;

import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Binary;
import dev.gatun.graph.op.Reduce;
import dev.gatun.graph.op.RmsNormalization;
import dev.gatun.graph.op.Unary;
import java.util.Optional;

/**
 * {@code x / sqrt(mean(x^2) + epsilon) * scale} over the last axis, as exporters write a root mean
 * square normalization: the root divides, or its reciprocal multiplies.
 */
final class RmsNormalizationFusion implements Fusion {
  @Override
  public Optional<Replacement> match(Node last, Pattern pattern) {
    if (!Pattern.is(last, Binary.Function.MUL)) {
      return Optional.empty();
    }
    for (int i = 0; i < 2; i++) {
      Optional<Replacement> found = match(last.input(i), Pattern.other(last, i), pattern);
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  private static Optional<Replacement> match(Value scale, Value normal, Pattern pattern) {
    Node quotient = pattern.binary(normal, Binary.Function.DIV);
    if (quotient != null) {
      return match(scale, quotient.input(0), quotient.input(1), pattern);
    }
    Node product = pattern.binary(normal, Binary.Function.MUL);
    for (int i = 0; product != null && i < 2; i++) {
      Value root = inverted(product.input(i), pattern);
      Optional<Replacement> found =
          root == null ? Optional.empty() : match(scale, Pattern.other(product, i), root, pattern);
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  /** What a value is the reciprocal of, or null. */
  private static Value inverted(Value value, Pattern pattern) {
    Node reciprocal = pattern.unary(value, Unary.Function.RECIPROCAL);
    if (reciprocal != null) {
      return reciprocal.input(0);
    }
    Node quotient = pattern.binary(value, Binary.Function.DIV);
    return quotient != null && pattern.isScalar(quotient.input(0), 1) ? quotient.input(1) : null;
  }

  private static Optional<Replacement> match(Value scale, Value x, Value root, Pattern pattern) {
    Node sqrt = pattern.unary(root, Unary.Function.SQRT);
    Node sum = sqrt == null ? null : pattern.binary(sqrt.input(0), Binary.Function.ADD);
    if (sum == null || !Pattern.isRow(scale, x) || x.type().dtype() != scale.type().dtype()) {
      return Optional.empty();
    }
    int epsilon = pattern.scalar(sum.input(1)).isPresent() ? 1 : 0;
    Value variance = Pattern.other(sum, epsilon);
    Node mean = pattern.producer(variance, Reduce.class);
    if (pattern.scalar(sum.input(epsilon)).isEmpty()
        || mean == null
        || !pattern.isMean(variance, mean.input(0))
        || !pattern.isSquare(mean.input(0), x)) {
      return Optional.empty();
    }
    var op = new RmsNormalization(pattern.scalar(sum.input(epsilon)).getAsDouble());
    return Optional.of(
        (builder, name, copied) -> builder.node(name, op, copied.apply(x), copied.apply(scale)));
  }
}
