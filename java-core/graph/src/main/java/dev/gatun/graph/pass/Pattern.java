package dev.gatun.graph.pass;

import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Array;
import dev.gatun.graph.op.Binary;
import dev.gatun.graph.op.Op;
import dev.gatun.graph.op.Unary;
import dev.gatun.tensor.Tensor;
import java.util.Optional;
import java.util.OptionalDouble;

/** Questions that fusions ask about a graph. */
final class Pattern {
  private final Graph graph;

  Pattern(Graph graph) {
    this.graph = graph;
  }

  /** The node that computes a value with an op of this kind, or null. */
  Node producer(Value value, Class<? extends Op> op) {
    return graph.producer(value).filter(node -> op.isInstance(node.op())).orElse(null);
  }

  /** The node that computes a value by this function, or null. */
  Node unary(Value value, Unary.Function function) {
    Node node = producer(value, Unary.class);
    return node != null && ((Unary) node.op()).function() == function ? node : null;
  }

  /** The node that computes a value by this function, or null. */
  Node binary(Value value, Binary.Function function) {
    return graph.producer(value).filter(node -> is(node, function)).orElse(null);
  }

  static boolean is(Node node, Binary.Function function) {
    return node.op() instanceof Binary(Binary.Function actual) && actual == function;
  }

  /** The input beside the one with index {@code known}. */
  static Value other(Node node, int known) {
    return node.input(1 - known);
  }

  /** The number that a constant of one element holds. */
  OptionalDouble scalar(Value value) {
    Optional<Tensor> data = graph.constant(value).map(constant -> constant.data());
    return data.isPresent() && data.get().shape().elements() == 1
        ? OptionalDouble.of(Array.of(data.get()).scalar())
        : OptionalDouble.empty();
  }

  /** Whether a value is a constant of one element within a millionth of {@code number}. */
  boolean isScalar(Value value, double number) {
    OptionalDouble actual = scalar(value);
    return actual.isPresent() && Math.abs(actual.getAsDouble() - number) <= 1e-6 * Math.abs(number);
  }

  boolean isConstant(Value value) {
    return graph.constant(value).isPresent();
  }
}
