package dev.gatun.graph.pass;

import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Binary;
import dev.gatun.graph.op.Elementwise;
import java.util.Optional;

/**
 * {@code x * min(max(x + 3, 0), 6) / 6}, the quotient as a product or a quotient: hard swish
 * (Howard et al. 2019). For devices that have it as one operator; others compute the parts.
 */
final class HardSwishFusion implements Fusion {
  private static final double WIDTH = 6;

  @Override
  public Optional<Replacement> match(Node last, Pattern pattern) {
    Node product = product(last, pattern);
    if (product == null) {
      return Optional.empty();
    }
    for (int i = 0; i < 2; i++) {
      Value x = product.input(i);
      if (isClipped(Pattern.other(product, i), x, pattern)
          && x.type().equals(last.output().type())) {
        Elementwise op = new Elementwise(Elementwise.Function.HARD_SWISH, 0, 0);
        return Optional.of((builder, name, copied) -> builder.node(name, op, copied.apply(x)));
      }
    }
    return Optional.empty();
  }

  /** What is divided by six; null for another node. */
  private static Node product(Node last, Pattern pattern) {
    if (Pattern.is(last, Binary.Function.DIV)) {
      return pattern.isScalar(last.input(1), WIDTH)
          ? pattern.binary(last.input(0), Binary.Function.MUL)
          : null;
    }
    for (int i = 0; i < 2 && Pattern.is(last, Binary.Function.MUL); i++) {
      if (pattern.isScalar(last.input(i), 1 / WIDTH)) {
        return pattern.binary(Pattern.other(last, i), Binary.Function.MUL);
      }
    }
    return null;
  }

  /** {@code min(max(x + 3, 0), 6)}. */
  private static boolean isClipped(Value value, Value x, Pattern pattern) {
    Value above = without(value, Binary.Function.MIN, WIDTH, pattern);
    Value below = above == null ? null : without(above, Binary.Function.MAX, 0, pattern);
    Value shifted = below == null ? null : without(below, Binary.Function.ADD, WIDTH / 2, pattern);
    return shifted != null && shifted.equals(x);
  }

  /** The other argument of a function of one number; null for another value. */
  private static Value without(
      Value value, Binary.Function function, double number, Pattern pattern) {
    Node node = pattern.binary(value, function);
    for (int i = 0; node != null && i < 2; i++) {
      if (pattern.isScalar(node.input(i), number)) {
        return Pattern.other(node, i);
      }
    }
    return null;
  }
}
