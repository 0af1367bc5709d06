package dev.gatun.graph.pass;

import dev.gatun.graph.Graph;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.graph.ValueType;
import dev.gatun.graph.op.Array;
import dev.gatun.graph.op.Binary;
import dev.gatun.graph.op.Op;
import dev.gatun.graph.op.Reduce;
import dev.gatun.graph.op.Unary;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Tensor;
import java.util.List;
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

  /** Whether a value is the mean of another one over its last axis, which stays with extent 1. */
  boolean isMean(Value mean, Value of) {
    Node node = producer(mean, Reduce.class);
    return node != null
        && node.input(0).equals(of)
        && node.op().equals(new Reduce(Reduce.Function.MEAN, List.of(of.type().rank() - 1), true));
  }

  /** Whether a value is the square of another one, as a power or as a product. */
  boolean isSquare(Value square, Value of) {
    Node power = binary(square, Binary.Function.POW);
    if (power != null) {
      return power.input(0).equals(of) && isScalar(power.input(1), 2);
    }
    Node product = binary(square, Binary.Function.MUL);
    return product != null && product.input(0).equals(of) && product.input(1).equals(of);
  }

  /** Whether a value is F32 with one number for each element of another one's last axis. */
  static boolean isRow(Value row, Value of) {
    ValueType type = row.type();
    return type.dtype() == DType.F32
        && of.type().rank() > 0
        && type.dims().equals(List.of(of.type().dim(-1)));
  }
}
