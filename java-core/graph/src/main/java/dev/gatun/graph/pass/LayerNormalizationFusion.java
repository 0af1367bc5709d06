package dev.gatun.graph.pass;

import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Binary;
import dev.gatun.graph.op.LayerNormalization;
import dev.gatun.graph.op.Reduce;
import dev.gatun.graph.op.Unary;
import java.util.Optional;

/**
 * {@code (x - mean(x)) / sqrt(mean((x - mean(x))^2) + epsilon) * scale + bias} over the last axis,
 * as exporters of older operator sets write a layer normalization.
 */
final class LayerNormalizationFusion implements Fusion {
  @Override
  public Optional<Replacement> match(Node last, Pattern pattern) {
    if (!Pattern.is(last, Binary.Function.ADD)) {
      return Optional.empty();
    }
    for (int i = 0; i < 2; i++) {
      Value bias = last.input(i);
      Node scaled = pattern.binary(Pattern.other(last, i), Binary.Function.MUL);
      for (int j = 0; scaled != null && j < 2; j++) {
        Value scale = scaled.input(j);
        Node quotient = pattern.binary(Pattern.other(scaled, j), Binary.Function.DIV);
        Optional<Replacement> found =
            quotient == null ? Optional.empty() : match(quotient, scale, bias, pattern);
        if (found.isPresent()) {
          return found;
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<Replacement> match(
      Node quotient, Value scale, Value bias, Pattern pattern) {
    Node centred = pattern.binary(quotient.input(0), Binary.Function.SUB);
    Node root = pattern.unary(quotient.input(1), Unary.Function.SQRT);
    if (centred == null || root == null) {
      return Optional.empty();
    }
    Value x = centred.input(0);
    Node sum = pattern.binary(root.input(0), Binary.Function.ADD);
    if (sum == null
        || !pattern.isMean(centred.input(1), x)
        || !Pattern.isRow(scale, x)
        || !Pattern.isRow(bias, x)) {
      return Optional.empty();
    }
    int epsilon = pattern.scalar(sum.input(1)).isPresent() ? 1 : 0;
    Value variance = Pattern.other(sum, epsilon);
    if (pattern.scalar(sum.input(epsilon)).isEmpty()) {
      return Optional.empty();
    }
    Node mean = pattern.producer(variance, Reduce.class);
    if (mean == null
        || !pattern.isMean(variance, mean.input(0))
        || !pattern.isSquare(mean.input(0), quotient.input(0))) {
      return Optional.empty();
    }
    var op = new LayerNormalization(pattern.scalar(sum.input(epsilon)).getAsDouble());
    return Optional.of((builder, name, copied) ->
        builder.node(name, op, copied.apply(x), copied.apply(scale), copied.apply(bias)));
  }
}
