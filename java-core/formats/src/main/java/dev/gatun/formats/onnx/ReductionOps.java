package dev.gatun.formats.onnx;

import dev.gatun.graph.Value;
import dev.gatun.graph.op.Binary;
import dev.gatun.graph.op.Reduce;
import dev.gatun.graph.op.Unary;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Reductions over axes. */
final class ReductionOps {
  private ReductionOps() {}

  static void register(OpImporters ops) {
    for (Reduce.Function function : Reduce.Function.values()) {
      ops.add(function.onnxName(), node -> reduce(node, function));
    }
    ops.add("ReduceSumSquare", node -> node.result(op(node, Reduce.Function.SUM), square(node)));
    ops.add("ReduceL2", ReductionOps::euclidean);
    ops.add("GlobalAveragePool", ReductionOps::globalMean);
  }

  private static List<Imported> reduce(NodeScope node, Reduce.Function function) {
    return isNothing(node)
        ? List.of(node.input(0))
        : node.result(op(node, function), node.value(0));
  }

  private static List<Imported> euclidean(NodeScope node) {
    Value sum = node.step("sum", op(node, Reduce.Function.SUM), square(node));
    return node.result(new Unary(Unary.Function.SQRT), sum);
  }

  private static Value square(NodeScope node) {
    return node.step("square", new Binary(Binary.Function.MUL), node.value(0), node.value(0));
  }

  private static List<Imported> globalMean(NodeScope node) {
    List<Integer> axes = IntStream.range(2, node.type(0).rank()).boxed().toList();
    return node.result(new Reduce(Reduce.Function.MEAN, axes, true), node.value(0));
  }

  private static boolean isNothing(NodeScope node) {
    return node.integer("noop_with_empty_axes", 0) != 0 && axes(node).isEmpty();
  }

  private static List<Integer> axes(NodeScope node) {
    int rank = node.type(0).rank();
    Optional<List<Long>> given = node.integers("axes", 1);
    List<Integer> axes = new ArrayList<>();
    given.ifPresent(list -> list.forEach(axis -> axes.add(node.axis(axis, rank))));
    return axes.stream().sorted().distinct().toList();
  }

  /** No axes mean all. */
  private static Reduce op(NodeScope node, Reduce.Function function) {
    List<Integer> axes = axes(node);
    if (axes.isEmpty()) {
      axes = IntStream.range(0, node.type(0).rank()).boxed().toList();
    }
    return new Reduce(function, axes, node.integer("keepdims", 1) != 0);
  }
}
