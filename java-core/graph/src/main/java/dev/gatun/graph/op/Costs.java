package dev.gatun.graph.op;

import dev.gatun.graph.Cost;
import dev.gatun.graph.op.Op.TypedShape;
import java.util.List;

/** How ops count their work. */
final class Costs {
  /**
   * Operations that one transcendental function counts: about what a vectorized polynomial takes.
   */
  static final double FUNCTION = 10;

  private Costs() {}

  /** Reads every input and writes every output once. */
  static Cost streaming(double flops, List<TypedShape> inputs, List<TypedShape> outputs) {
    Cost cost = new Cost(flops, 0, 0);
    for (TypedShape input : inputs) {
      if (input != null) {
        cost = cost.plus(bytes(input, (double) input.bytes()));
      }
    }
    return cost.plus(written(outputs));
  }

  /** Reads {@code count} bytes of a value. */
  static Cost bytes(TypedShape value, double count) {
    return value.constant() ? new Cost(0, count, 0) : new Cost(0, 0, count);
  }

  static Cost written(List<TypedShape> outputs) {
    double bytes = 0;
    for (TypedShape output : outputs) {
      bytes += output.bytes();
    }
    return new Cost(0, 0, bytes);
  }

  static double elements(TypedShape value) {
    return value.shape().elements();
  }
}
