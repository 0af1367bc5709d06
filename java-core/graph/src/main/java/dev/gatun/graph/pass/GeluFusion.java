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
 * and Gimpel 2016).
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
        if (isErrorSum(factors.get(sum), x, pattern) && x.type().equals(last.output().type())) {
          return Optional.of(
              (builder, name, copied) -> builder.unary(name, Unary.Function.GELU, copied.apply(x)));
        }
      }
    }
    return Optional.empty();
  }

  /** {@code 1 + erf(x / sqrt 2)}. */
  private static boolean isErrorSum(Value sum, Value x, Pattern pattern) {
    Node node = pattern.binary(sum, Binary.Function.ADD);
    if (node == null) {
      return false;
    }
    int one = pattern.isScalar(node.input(0), 1) ? 0 : 1;
    Node erf = pattern.unary(Pattern.other(node, one), Unary.Function.ERF);
    if (erf == null || !pattern.isScalar(node.input(one), 1)) {
      return false;
    }
    Node quotient = pattern.binary(erf.input(0), Binary.Function.DIV);
    if (quotient != null) {
      return quotient.input(0).equals(x) && pattern.isScalar(quotient.input(1), Math.sqrt(2));
    }
    Node product = pattern.binary(erf.input(0), Binary.Function.MUL);
    if (product == null) {
      return false;
    }
    int factor = product.input(0).equals(x) ? 1 : 0;
    return Pattern.other(product, factor).equals(x)
        && pattern.isScalar(product.input(factor), Math.sqrt(0.5));
  }
}
