package dev.gatun.gpuengine.compile;

import dev.gatun.engine.memory.Operand;
import dev.gatun.graph.Dim;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.graph.ValueType;
import dev.gatun.graph.op.ArgReduce;
import dev.gatun.graph.op.CumSum;
import dev.gatun.graph.op.Hardmax;
import dev.gatun.graph.op.Reduce;
import dev.gatun.graph.op.ReduceAxes;
import dev.gatun.graph.op.Sizing;
import dev.gatun.graph.op.Softmax;
import dev.gatun.graph.op.TopK;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/** Ops that look at all elements along axes. */
final class ReduceLowering implements OpLowering {
  private static final int THREADS = 256;
  private static final int SIMD = 32;

  private final GpuLowering lowering;

  ReduceLowering(GpuLowering lowering) {
    this.lowering = lowering;
  }

  static String refusal(Acceptance acceptance, Node node) {
    DType dtype = node.input(0).type().dtype();
    boolean known = dtype == DType.F32 || dtype == DType.I32 || dtype == DType.I64;
    boolean wide = dtype == DType.F64 && acceptance.has("reduce_axis_f64");
    return switch (node.op()) {
      case Softmax _, Hardmax _ when dtype != DType.F32 -> "no kernel for " + dtype;
      case Reduce _, ReduceAxes _, CumSum _ when wide -> "";
      case Reduce _, ReduceAxes _, ArgReduce _, TopK _, CumSum _, Softmax _, Hardmax _ ->
          known ? "" : "no kernel for " + dtype;
      default -> "no kernel for " + node.op().type();
    };
  }

  @Override
  public void lower(Node node) {
    switch (node.op()) {
      case Reduce op -> reduce(node, op);
      case ReduceAxes op -> reduce(node, op);
      case Softmax op -> softmax(node, op);
      case Hardmax op -> hardmax(node, op);
      case ArgReduce op -> pick(node, op);
      case TopK op -> pick(node, op);
      case CumSum op -> sums(node, op);
      default -> throw new IllegalStateException(node.op().type());
    }
  }

  /** Axes {@code from} to {@code end} between those around and those within them. */
  private record Line(List<Dim> outer, List<Dim> along, List<Dim> inner) {
    static Line of(List<Dim> dims, int from, int end) {
      return new Line(
          List.copyOf(dims.subList(0, from)),
          List.copyOf(dims.subList(from, end)),
          List.copyOf(dims.subList(end, dims.size())));
    }

    List<Dim> others() {
      List<Dim> others = new ArrayList<>(outer);
      others.addAll(inner);
      return others;
    }
  }

  private Size size(List<Dim> dims) {
    return Size.of(lowering.extents().of(dims));
  }

  /** Adds extents of what is around, along and within. */
  private KernelStep.Builder extents(KernelStep.Builder step, Line line) {
    return step.integer(size(line.outer())).integer(size(line.along())).integer(size(line.inner()));
  }

  private Grid lines(Line line) {
    return Grid.items(size(line.others()), THREADS);
  }

  private Grid simdGroups(Line line) {
    return Grid.items(size(line.others()).times(Size.fixed(SIMD)), THREADS);
  }

  private static boolean isRows(Line line) {
    return line.inner().stream().allMatch(dim -> dim.is(1));
  }

  /** Axes that follow each other are one; several such groups are reduced one after another. */
  private void reduce(Node node, Reduce op) {
    Value x = node.input(0);
    DType dtype = x.type().dtype();
    Operand from = lowering.read(x);
    if (op.axes().isEmpty()) {
      lowering.add(lowering.copy(node, from, lowering.result(node.output())));
      return;
    }
    Size count = size(op.axes().stream().map(x.type().dims()::get).toList());
    List<Dim> dims = new ArrayList<>(x.type().dims());
    int last = op.axes().size() - 1;
    while (last >= 0) {
      int end = op.axes().get(last) + 1;
      int first = last;
      while (first > 0 && op.axes().get(first - 1) == op.axes().get(first) - 1) {
        first--;
      }
      Line line = Line.of(dims, op.axes().get(first), end);
      dims.subList(op.axes().get(first), end).clear();
      boolean done = first == 0;
      Reduce.Function function =
          op.function() == Reduce.Function.MEAN && !done ? Reduce.Function.SUM : op.function();
      Operand to =
          done
              ? lowering.result(node.output())
              : lowering.storages().arena(new ValueType(dtype, dims));
      boolean rows = dtype == DType.F32 && isRows(line);
      String kernel = rows ? "reduce_rows_f32" : "reduce_axis_" + Acceptance.suffix(dtype);
      extents(lowering.launch(node, kernel).memory(from).memory(to), line)
          .integer(ParameterBlock.code(function))
          .integer(count)
          .run(rows ? simdGroups(line) : lines(line));
      from = to;
      last = first - 1;
    }
  }

  /**
   * Axes that are data: one after another, from the last; along one that is not reduced, each
   * element is its own reduction.
   */
  private void reduce(Node node, ReduceAxes op) {
    Decision decision = Decision.of(lowering, node);
    Value x = node.input(0);
    DType dtype = x.type().dtype();
    Operand from = lowering.read(x);
    int rank = x.type().rank();
    if (rank == 0) {
      lowering.add(lowering.copy(node, from, lowering.result(node.output())));
    }
    for (int i = rank - 1; i >= 0; i--) {
      int axis = i;
      boolean done = axis == 0;
      Operand to = done ? lowering.result(node.output()) : lowering.storages().arena(x.type());
      Reduce.Function function =
          op.function() == Reduce.Function.MEAN && !done ? Reduce.Function.SUM : op.function();
      Size outer = decision.size(sizing -> product(sizing, op, 0, axis, true));
      Size along =
          decision.size(
              sizing -> op.known(sizing).axes().contains(axis) ? sizing.shape(0).dim(axis) : 1);
      Size inner = decision.size(sizing -> product(sizing, op, axis, rank, false));
      lowering
          .launch(node, "reduce_axis_" + Acceptance.suffix(dtype))
          .memory(from)
          .memory(to)
          .integer(outer)
          .integer(along)
          .integer(inner)
          .integer(ParameterBlock.code(function))
          .integer(
              decision.size(sizing ->
                  sizing.shape(0).elements() / Math.max(1, product(sizing, op, 0, rank, false))))
          .run(Grid.items(outer.times(inner), THREADS));
      from = to;
    }
  }

  /** Elements of some axes; one along an axis that is reduced, unless {@code all} count. */
  private static long product(Sizing sizing, ReduceAxes op, int from, int end, boolean all) {
    List<Integer> axes = op.known(sizing).axes();
    long product = 1;
    for (int axis = from; axis < end; axis++) {
      product *= all || !axes.contains(axis) ? sizing.shape(0).dim(axis) : 1;
    }
    return product;
  }

  private void softmax(Node node, Softmax op) {
    Value x = node.input(0);
    int axis = op.axis() < 0 ? op.axis() + x.type().rank() : op.axis();
    Line line = Line.of(x.type().dims(), axis, axis + 1);
    Operand in = lowering.operand(x);
    Operand y = lowering.resultOver(node.output(), x);
    String kernel = isRows(line) ? "softmax_rows" : "softmax_axis";
    extents(lowering.launch(node, kernel).memory(in).memory(y), line)
        .integer(0)
        .integer(1)
        .run(isRows(line) ? simdGroups(line) : lines(line));
  }

  private void hardmax(Node node, Hardmax op) {
    Value x = node.input(0);
    Line line = Line.of(x.type().dims(), op.axis(), op.axis() + 1);
    extents(
            lowering
                .launch(node, "hardmax")
                .memory(lowering.operand(x))
                .memory(lowering.result(node.output())),
            line)
        .integer(0)
        .integer(1)
        .run(lines(line));
  }

  private void pick(Node node, ArgReduce op) {
    Value x = node.input(0);
    Line line = Line.of(x.type().dims(), op.axis(), op.axis() + 1);
    extents(
            lowering
                .launch(node, "arg_reduce_" + Acceptance.suffix(x.type().dtype()))
                .memory(lowering.operand(x))
                .memory(lowering.result(node.output())),
            line)
        .integer(op.max())
        .integer(op.last())
        .integer(1)
        .run(lines(line));
  }

  private void pick(Node node, TopK op) {
    var _ = Decision.of(lowering, node);
    Value x = node.input(0);
    Line line = Line.of(x.type().dims(), op.axis(), op.axis() + 1);
    extents(
            lowering
                .launch(node, "top_k_" + Acceptance.suffix(x.type().dtype()))
                .memory(lowering.operand(x))
                .memory(lowering.result(node.outputs().get(0)))
                .memory(lowering.result(node.outputs().get(1))),
            line)
        .integer(op.largest())
        .integer(0)
        .integer(size(List.of(op.count())))
        .run(simdGroups(line));
  }

  private void sums(Node node, CumSum op) {
    Value x = node.input(0);
    Decision decision = Decision.of(lowering, node);
    Size outer = decision.size(sizing -> product(sizing.shape(0), 0, op.axis(sizing)));
    Size along = decision.size(sizing -> sizing.shape(0).dim(op.axis(sizing)));
    Size inner =
        decision.size(
            sizing -> product(sizing.shape(0), op.axis(sizing) + 1, sizing.shape(0).rank()));
    lowering
        .launch(node, "cum_sum_" + Acceptance.suffix(x.type().dtype()))
        .memory(lowering.read(x))
        .memory(lowering.result(node.output()))
        .integer(outer)
        .integer(along)
        .integer(inner)
        .integer(op.exclusive())
        .integer(op.reverse())
        .run(Grid.items(outer.times(inner), THREADS));
  }

  private static long product(Shape shape, int from, int end) {
    long product = 1;
    for (int axis = from; axis < end; axis++) {
      product *= shape.dim(axis);
    }
    return product;
  }
}
