package dev.gatun.formats.onnx;

import dev.gatun.formats.onnx.Imported.Computed;
import dev.gatun.graph.Dim;
import dev.gatun.graph.Value;
import dev.gatun.graph.ValueType;
import dev.gatun.graph.op.ArgReduce;
import dev.gatun.graph.op.Binary;
import dev.gatun.graph.op.CumSum;
import dev.gatun.graph.op.Op;
import dev.gatun.graph.op.Reduce;
import dev.gatun.graph.op.ReduceAxes;
import dev.gatun.graph.op.TopK;
import dev.gatun.graph.op.Unary;
import dev.gatun.tensor.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Reductions over axes. */
final class ReductionOps {
  private static final Binary ADD = new Binary(Binary.Function.ADD);
  private static final Binary MUL = new Binary(Binary.Function.MUL);

  private ReductionOps() {}

  static void register(OpImporters ops) {
    for (Reduce.Function function : Reduce.Function.values()) {
      ops.add(
          function.onnxName(),
          node -> isNothing(node) ? List.of(node.input(0)) : last(node, function, node.value(0)));
    }
    ops.add("ReduceSumSquare", node -> last(node, Reduce.Function.SUM, square(node)));
    ops.add("ReduceL1", node -> last(node, Reduce.Function.SUM, absolute(node)));
    ops.add("ReduceL2", ReductionOps::euclidean);
    ops.add("ReduceLogSum", node -> log(node, sum(node, node.value(0))));
    ops.add("ReduceLogSumExp", ReductionOps::logSumExp);
    ops.add("ArgMax", node -> arg(node, true));
    ops.add("ArgMin", node -> arg(node, false));
    ops.add("TopK", ReductionOps::topK);
    ops.add("CumSum", ReductionOps::cumSum);
    ops.add("GlobalAveragePool", ReductionOps::globalMean);
  }

  /** A reduction that gives the node's output. */
  private static List<Imported> last(NodeScope node, Reduce.Function function, Value x) {
    return computed(node)
        ? node.result(axesOp(node, function, x.type(), keep(node)), x, node.value(1))
        : node.result(op(node, function, x.type(), keep(node)), x);
  }

  /** A reduction on the way. */
  private static Value step(
      NodeScope node, String suffix, Reduce.Function function, boolean keep, Value x) {
    return computed(node)
        ? node.step(suffix, axesOp(node, function, x.type(), keep), x, node.value(1))
        : node.step(suffix, op(node, function, x.type(), keep), x);
  }

  private static Value sum(NodeScope node, Value x) {
    return step(node, "sum", Reduce.Function.SUM, keep(node), x);
  }

  private static boolean keep(NodeScope node) {
    return node.flag("keepdims", true);
  }

  private static List<Imported> log(NodeScope node, Value x) {
    return node.result(new Unary(Unary.Function.LOG), x);
  }

  private static List<Imported> euclidean(NodeScope node) {
    return node.result(new Unary(Unary.Function.SQRT), sum(node, square(node)));
  }

  /** With the maximum subtracted, kept finite, so that nothing overflows. */
  private static List<Imported> logSumExp(NodeScope node) {
    Value x = node.value(0);
    DType dtype = x.type().dtype();
    double most =
        switch (dtype) {
          case F64 -> Double.MAX_VALUE;
          case F16 -> 65504;
          case BF16 -> 3.3895313892515355e38;
          default -> Float.MAX_VALUE;
        };
    Value high = node.scalar("high", dtype, most);
    Value low = node.scalar("low", dtype, -most);
    Value kept = finite(node, "max", step(node, "max", Reduce.Function.MAX, true, x), low, high);
    Value shifted = node.step("shifted", new Binary(Binary.Function.SUB), x, kept);
    Value sum = sum(node, node.step("exp", new Unary(Unary.Function.EXP), shifted));
    Value log = node.step("log", new Unary(Unary.Function.LOG), sum);
    Value more =
        keep(node)
            ? kept
            : finite(node, "top", step(node, "top", Reduce.Function.MAX, false, x), low, high);
    return node.result(ADD, log, more);
  }

  private static Value finite(NodeScope node, String suffix, Value x, Value low, Value high) {
    Value bounded = node.step(suffix + ".low", new Binary(Binary.Function.MAX), x, low);
    return node.step(suffix + ".high", new Binary(Binary.Function.MIN), bounded, high);
  }

  private static Value square(NodeScope node) {
    return node.step("square", MUL, node.value(0), node.value(0));
  }

  private static Value absolute(NodeScope node) {
    Value x = node.value(0);
    if (x.type().dtype().isFloat()) {
      return node.step("abs", new Unary(Unary.Function.ABS), x);
    }
    Value zero = node.scalar("zero", x.type().dtype(), 0);
    Value negative = node.step("negative", new Binary(Binary.Function.SUB), zero, x);
    return node.step("abs", new Binary(Binary.Function.MAX), x, negative);
  }

  private static List<Imported> globalMean(NodeScope node) {
    List<Integer> axes = IntStream.range(2, node.type(0).rank()).boxed().toList();
    return node.result(new Reduce(Reduce.Function.MEAN, axes, true), node.value(0));
  }

  private static boolean isNothing(NodeScope node) {
    return node.flag("noop_with_empty_axes", false) && !computed(node) && axes(node).isEmpty();
  }

  /** Whether the axes are known only when the model runs; that there are none is known. */
  private static boolean computed(NodeScope node) {
    return node.has(1) && node.known(1).isEmpty() && node.type(1).maxElements() > 0;
  }

  private static List<Integer> axes(NodeScope node) {
    int rank = node.type(0).rank();
    Optional<List<Long>> given = node.has(1) ? node.known(1) : node.integers("axes");
    List<Integer> axes = new ArrayList<>();
    given.ifPresent(list -> list.forEach(axis -> axes.add(node.axis(axis, rank))));
    return axes.stream().sorted().distinct().toList();
  }

  /** No axes mean all. */
  private static Op op(NodeScope node, Reduce.Function function, ValueType x, boolean keep) {
    List<Integer> axes = axes(node);
    if (axes.isEmpty() && !node.flag("noop_with_empty_axes", false)) {
      axes = IntStream.range(0, x.rank()).boxed().toList();
    }
    return new Reduce(function, axes, keep);
  }

  private static Op axesOp(NodeScope node, Reduce.Function function, ValueType x, boolean keep) {
    ValueType axes = node.type(1);
    boolean one = axes.maxElements() == 1 && !axes.dataDependent() && x.rank() == 1;
    if (axes.dataDependent() && !keep) {
      throw node.unsupported("the rank of its result depends on data");
    }
    int rank = keep ? x.rank() : Math.max(0, x.rank() - (int) axes.maxElements());
    List<Dim> dims =
        one ? (keep ? List.of(Dim.of(1)) : List.of()) : node.unknowns(rank, x.maxElements());
    return new ReduceAxes(function, keep, node.flag("noop_with_empty_axes", false), dims);
  }

  private static List<Imported> arg(NodeScope node, boolean max) {
    int axis = node.axis(node.integer("axis", 0), node.type(0).rank());
    return node.result(
        new ArgReduce(max, axis, keep(node), node.flag("select_last_index", false)), node.value(0));
  }

  private static List<Imported> topK(NodeScope node) {
    ValueType type = node.type(0);
    int axis = node.axis(node.integer("axis", -1), type.rank());
    boolean attribute = node.opset() < 10;
    Optional<Long> k =
        attribute ? Optional.of(node.integer("k", 0)) : node.known(1).map(List::getFirst);
    if (k.isPresent() && (k.get() < 0 || k.get() > type.dim(axis).max())) {
      throw node.bad("picks %d of %s".formatted(k.get(), type));
    }
    Dim count = k.isPresent() ? Dim.of(k.get()) : node.unknown("k", type.dim(axis).max());
    var op = new TopK(axis, node.flag("largest", true), node.flag("sorted", true), count);
    Value number = attribute ? node.longs("k", List.of(k.get())) : node.value(1);
    return node.nodes(op, List.of(node.value(0), number)).stream()
        .<Imported>map(Computed::new)
        .toList();
  }

  private static List<Imported> cumSum(NodeScope node) {
    return node.result(
        new CumSum(node.flag("exclusive", false), node.flag("reverse", false)),
        node.value(0),
        node.value(1));
  }
}
