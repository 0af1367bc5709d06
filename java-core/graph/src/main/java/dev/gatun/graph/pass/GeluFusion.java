package dev.gatun.graph.pass;

import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Binary;
import dev.gatun.graph.op.Unary;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * {@code x * (1 + erf(x / sqrt 2)) * 0.5}, the factors in any order and grouping: GELU (Hendrycks
 * and Gimpel 2016); with {@code tanh(sqrt(2 / pi) * (x + 0.044715 x x x))} in place of erf its
 * approximation.
 */
final class GeluFusion implements Fusion {
  @Override
  public Optional<Replacement> match(Node last, Pattern pattern) {
    if (!Pattern.is(last, Binary.Function.MUL)) {
      return Optional.empty();
    }
    List<Value> factors = new ArrayList<>();
    for (Value input : last.inputs()) {
      Node inner = pattern.binary(input, Binary.Function.MUL);
      if (inner != null && factors.size() < 2) {
        factors.addAll(inner.inputs());
      } else {
        factors.add(input);
      }
    }
    if (factors.size() != 3) {
      return Optional.empty();
    }
    for (int half = 0; half < 3; half++) {
      for (int sum = 0; sum < 3; sum++) {
        if (half == sum || !pattern.isScalar(factors.get(half), 0.5)) {
          continue;
        }
        Value x = factors.get(3 - half - sum);
        Optional<Unary.Function> function = function(factors.get(sum), x, pattern);
        if (function.isPresent() && x.type().equals(last.output().type())) {
          return Optional.of(
              (builder, name, copied) -> builder.unary(name, function.get(), copied.apply(x)));
        }
      }
    }
    return Optional.empty();
  }

  /** Which function {@code 1 + erf(..)} or {@code 1 + tanh(..)} of x belongs to. */
  private static Optional<Unary.Function> function(Value sum, Value x, Pattern pattern) {
    Node node = pattern.binary(sum, Binary.Function.ADD);
    if (node == null) {
      return Optional.empty();
    }
    int one = pattern.isScalar(node.input(0), 1) ? 0 : 1;
    if (!pattern.isScalar(node.input(one), 1)) {
      return Optional.empty();
    }
    Node erf = pattern.unary(Pattern.other(node, one), Unary.Function.ERF);
    if (erf != null && isQuotient(erf.input(0), x, pattern)) {
      return Optional.of(Unary.Function.GELU);
    }
    Node tanh = pattern.unary(Pattern.other(node, one), Unary.Function.TANH);
    return tanh != null && isCubic(tanh.input(0), x, pattern)
        ? Optional.of(Unary.Function.GELU_TANH)
        : Optional.empty();
  }

  /** {@code x / sqrt 2}. */
  private static boolean isQuotient(Value value, Value x, Pattern pattern) {
    Node quotient = pattern.binary(value, Binary.Function.DIV);
    if (quotient != null) {
      return quotient.input(0).equals(x) && pattern.isScalar(quotient.input(1), Math.sqrt(2));
    }
    Node product = pattern.binary(value, Binary.Function.MUL);
    if (product == null) {
      return false;
    }
    int factor = product.input(0).equals(x) ? 1 : 0;
    return Pattern.other(product, factor).equals(x)
        && pattern.isScalar(product.input(factor), Math.sqrt(0.5));
  }

  /** {@code sqrt(2 / pi) * (x + 0.044715 x x x)}. */
  private static boolean isCubic(Value value, Value x, Pattern pattern) {
    Node product = pattern.binary(value, Binary.Function.MUL);
    if (product == null) {
      return false;
    }
    int factor = pattern.isScalar(product.input(0), Math.sqrt(2 / Math.PI)) ? 0 : 1;
    Node sum = pattern.binary(Pattern.other(product, factor), Binary.Function.ADD);
    if (sum == null || !pattern.isScalar(product.input(factor), Math.sqrt(2 / Math.PI))) {
      return false;
    }
    int first = sum.input(0).equals(x) ? 0 : 1;
    List<Value> factors = new ArrayList<>();
    factors(Pattern.other(sum, first), x, pattern, factors);
    return sum.input(first).equals(x)
        && factors.size() == 4
        && factors.stream().filter(x::equals).count() == 3
        && factors.stream().anyMatch(each -> pattern.isScalar(each, 0.044715));
  }

  /** What is multiplied, in any grouping; x itself is not taken apart. */
  private static void factors(Value value, Value x, Pattern pattern, List<Value> found) {
    Node product = value.equals(x) ? null : pattern.binary(value, Binary.Function.MUL);
    if (product == null || found.size() > 4) {
      found.add(value);
      return;
    }
    product.inputs().forEach(input -> factors(input, x, pattern, found));
  }
}
