package dev.gatun.cpuengine.compile;

import static dev.gatun.cpuengine.compile.Lowering.info;

import dev.gatun.cpuengine.kernel.RowDecoder;
import dev.gatun.cpuengine.layer.AxisReduceStep;
import dev.gatun.cpuengine.layer.RowReduceStep;
import dev.gatun.cpuengine.step.CopyStep;
import dev.gatun.cpuengine.step.GatherStep;
import dev.gatun.cpuengine.step.ReduceStep;
import dev.gatun.cpuengine.step.Step.Access;
import dev.gatun.cpuengine.step.TransposeStep;
import dev.gatun.engine.memory.Operand;
import dev.gatun.engine.size.Extent;
import dev.gatun.graph.Dim;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.graph.ValueType;
import dev.gatun.graph.op.Concat;
import dev.gatun.graph.op.Gather;
import dev.gatun.graph.op.Reduce;
import dev.gatun.graph.op.Slice;
import dev.gatun.graph.op.Transpose;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Ops that move elements. */
final class ShapeLowering {
  private final Lowering lowering;

  ShapeLowering(Lowering lowering) {
    this.lowering = lowering;
  }

  private Extent from(ValueType type, int axis) {
    return lowering.extents().of(type.dims().subList(axis, type.rank()));
  }

  private Extent before(ValueType type, int axis) {
    return lowering.extents().of(type.dims().subList(0, axis));
  }

  /** Bytes of an element where the engine holds the value. */
  private int elementBytes(Value value) {
    DType dtype = value.type().dtype();
    boolean constant = lowering.graph().constant(lowering.views().view(value).root()).isPresent();
    return constant && dtype.isFloat() ? 4 : dtype.blockBytes();
  }

  void slice(Node node, Slice op) {
    Value x = node.input(0);
    ValueType type = x.type();
    Operand in = lowering.operand(x);
    Operand y = lowering.result(node.output());
    Extent inner = from(type, op.axis() + 1);
    Extent run = from(node.output().type(), op.axis());
    copy(node, x, in, from(type, op.axis()), op.start(), inner, y, run, List.of(), run);
  }

  void concat(Node node, Concat op) {
    Operand y = lowering.result(node.output());
    Extent whole = from(node.output().type(), op.axis());
    List<Extent> shift = new ArrayList<>();
    for (Value x : node.inputs()) {
      Extent run = from(x.type(), op.axis());
      Operand in = lowering.operand(x);
      copy(node, x, in, run, 0, Extent.fixed(1), y, whole, List.copyOf(shift), run);
      shift.add(run);
    }
  }

  private void copy(
      Node node,
      Value x,
      Operand in,
      Extent xStride,
      long xShift,
      Extent shiftUnit,
      Operand y,
      Extent yStride,
      List<Extent> yShift,
      Extent run) {
    lowering.steps.add(
        new CopyStep(
            info(node, "engine.copy", List.of(Access.whole(in)), List.of(Access.whole(y))),
            elementBytes(x),
            in,
            xStride,
            xShift,
            shiftUnit,
            y,
            yStride,
            yShift,
            run,
            before(x.type(), axis(node))));
  }

  private static int axis(Node node) {
    return switch (node.op()) {
      case Slice op -> op.axis();
      case Concat op -> op.axis();
      default -> 0;
    };
  }

  void transpose(Node node, Transpose op) {
    Value x = node.input(0);
    Operand in = lowering.operand(x);
    Operand y = lowering.result(node.output());
    // Axes of one element do not matter; without them rows are longer.
    List<Integer> kept = new ArrayList<>();
    for (int axis = 0; axis < x.type().rank(); axis++) {
      if (!x.type().dim(axis).is(1)) {
        kept.add(axis);
      }
    }
    if (kept.isEmpty()) {
      kept.addAll(op.permutation());
    }
    List<Integer> permutation =
        op.permutation().stream().filter(kept::contains).map(kept::indexOf).toList();
    List<Dim> dims = kept.stream().map(axis -> x.type().dim(axis)).toList();
    List<Dim> lead =
        permutation.stream().limit(Math.max(0, dims.size() - 1)).map(dims::get).toList();
    lowering.steps.add(
        new TransposeStep(
            info(node, "engine.transpose", List.of(Access.whole(in)), List.of(Access.aligned(y))),
            elementBytes(x),
            in,
            dims.stream().map(lowering.extents()::of).toList(),
            permutation,
            y,
            lowering.extents().of(lead)));
  }

  void reduce(Node node, Reduce op) {
    Value x = node.input(0);
    Operand in = lowering.operand(x);
    Operand y = lowering.result(node.output());
    if (isOfRows(x.type(), op)) {
      int lead = x.type().rank() - op.axes().size();
      lowering.steps.add(
          new RowReduceStep(
              info(
                  node,
                  lowering.kernels.name() + ".reduce",
                  List.of(Access.aligned(in)),
                  List.of(Access.aligned(y))),
              lowering.kernels.rowReduction(),
              op.function(),
              in,
              y,
              before(x.type(), lead),
              from(x.type(), lead)));
      return;
    }
    if (isOfAxis(x.type(), op)) {
      int first = op.axes().getFirst();
      int end = op.axes().getLast() + 1;
      lowering.steps.add(
          new AxisReduceStep(
              info(node, "engine.reduce", List.of(Access.whole(in)), List.of(Access.whole(y))),
              lowering.kernels.elementwise(),
              op.function(),
              in,
              y,
              before(x.type(), first),
              lowering.extents().of(x.type().dims().subList(first, end)),
              from(x.type(), end)));
      return;
    }
    List<Boolean> reduced = new ArrayList<>();
    for (int axis = 0; axis < x.type().rank(); axis++) {
      reduced.add(op.axes().contains(axis));
    }
    lowering.steps.add(
        new ReduceStep(
            info(node, "engine.reduce", List.of(Access.whole(in)), List.of(Access.aligned(y))),
            op.function(),
            x.type().dtype(),
            in,
            lowering.dims(x.type()),
            reduced,
            y,
            lowering.elements(node.output().type())));
  }

  /** Whether the last axes of F32 are reduced. */
  private static boolean isOfRows(ValueType x, Reduce op) {
    int lead = x.rank() - op.axes().size();
    boolean last = !op.axes().isEmpty() && op.axes().getFirst() == lead;
    return x.dtype() == DType.F32 && last && isSimple(op.function());
  }

  /** Whether axes of F32 that follow each other are reduced, and surely have elements. */
  private static boolean isOfAxis(ValueType x, Reduce op) {
    boolean fits = x.dtype() == DType.F32 && !op.axes().isEmpty() && isSimple(op.function());
    for (int i = 0; fits && i < op.axes().size(); i++) {
      int axis = op.axes().getFirst() + i;
      fits = op.axes().get(i) == axis && x.dim(axis) instanceof Dim.Fixed(long size) && size > 0;
    }
    return fits;
  }

  private static boolean isSimple(Reduce.Function function) {
    return switch (function) {
      case SUM, MEAN, MAX, MIN -> true;
      default -> false;
    };
  }

  void gather(Node node, Gather op) {
    Value data = node.input(0);
    Value indices = node.input(1);
    ValueType type = data.type();
    Operand ids = lowering.operand(indices);
    List<Dim> slice = type.dims().subList(op.axis() + 1, type.rank());
    long elements = 1;
    for (Dim dim : slice) {
      elements *= dim.max();
    }
    List<Dim> rows = new ArrayList<>(type.dims().subList(0, op.axis()));
    rows.addAll(indices.type().dims());
    Optional<Tensor> constant = lowering.views().constant(data);
    boolean decoded =
        constant.isPresent()
            && (type.dtype().isBlocked() || type.dtype().isFloat())
            && elements > 0;
    int decoders = -1;
    String unit = "engine.gather";
    if (decoded && type.dtype() != DType.F32) {
      int count = Math.toIntExact(elements);
      Supplier<RowDecoder> maker = () -> lowering.kernels.rowDecoder(type.dtype(), count);
      decoders = lowering.working(maker);
      unit = maker.get().name();
    }
    Operand source = decoded ? ids : lowering.operand(data);
    Operand y = lowering.result(node.output());
    lowering.steps.add(
        new GatherStep(
            info(
                node,
                unit,
                List.of(Access.whole(source), Access.whole(ids)),
                List.of(Access.aligned(y))),
            source,
            decoded ? constant.get().data() : null,
            decoders,
            lowering.extents().of(type.dim(op.axis())),
            type.dtype().byteSize(elements),
            ids,
            indices.type().dtype(),
            lowering.elements(indices.type()),
            y,
            node.output().type().dtype().byteSize(elements),
            lowering.extents().of(rows)));
  }
}
