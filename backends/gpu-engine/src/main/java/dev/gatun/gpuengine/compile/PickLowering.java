package dev.gatun.gpuengine.compile;

import dev.gatun.engine.memory.Operand;
import dev.gatun.engine.size.Extent;
import dev.gatun.gpuengine.compile.Axes.Stride;
import dev.gatun.graph.Dim;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.graph.ValueType;
import dev.gatun.graph.op.Gather;
import dev.gatun.graph.op.GatherElements;
import dev.gatun.graph.op.GatherNd;
import dev.gatun.graph.op.OneHot;
import dev.gatun.graph.op.Reduction;
import dev.gatun.graph.op.ReverseSequence;
import dev.gatun.graph.op.ScatterElements;
import dev.gatun.graph.op.ScatterNd;
import dev.gatun.tensor.DType;
import java.util.ArrayList;
import java.util.List;

/** Ops that pick or place elements by indices. */
final class PickLowering implements OpLowering {
  private static final int ROW_THREADS = 64;
  private static final int THREADS = 256;

  private final GpuLowering lowering;

  PickLowering(GpuLowering lowering) {
    this.lowering = lowering;
  }

  static String refusal(Acceptance acceptance, Node node) {
    int at = node.op() instanceof OneHot ? 0 : 1;
    DType indices = node.input(at).type().dtype();
    if (indices != DType.I32 && indices != DType.I64) {
      return "'" + node.input(at).name() + "' is " + indices + ", not I32 or I64";
    }
    return switch (node.op()) {
      case Gather op -> gather(acceptance, node, op);
      case GatherElements op -> {
        String reason = acceptance.moved(node, null, 0);
        yield reason.isEmpty() ? elements(node, op.axis()).refusal() : reason;
      }
      case GatherNd _ -> acceptance.moved(node, null, 0);
      case ScatterElements op -> {
        String reason = placed(node);
        yield reason.isEmpty() ? lines(node, op.axis()).refusal() : reason;
      }
      case ScatterNd _ -> placed(node);
      case OneHot _ -> acceptance.moved(node, null, 2);
      case ReverseSequence _ -> acceptance.moved(node, null, 0);
      default -> "no kernel for " + node.op().type();
    };
  }

  private static String gather(Acceptance acceptance, Node node, Gather op) {
    if (isTable(acceptance, node, op)) {
      return "";
    }
    ValueType data = node.input(0).type();
    boolean decoded = data.dtype().isBlocked() || data.dtype().isFloat();
    if (decoded && data.dtype() != DType.F32 && !acceptance.isConstant(node.input(0))) {
      return "'" + node.input(0).name() + "' is " + data.dtype() + ", not F32";
    }
    return data.dtype().isBlocked() ? "no kernel that picks of " + data : "";
  }

  /** Whether rows of a constant matrix are picked as they are stored. */
  private static boolean isTable(Acceptance acceptance, Node node, Gather op) {
    ValueType table = node.input(0).type();
    return acceptance.isConstant(node.input(0))
        && table.dtype() != DType.F32
        && op.axis() == 0
        && table.rank() == 2
        && acceptance.has(table(table));
  }

  private static String table(ValueType table) {
    return "gather_rows_" + Acceptance.suffix(table.dtype());
  }

  private static String placed(Node node) {
    DType dtype = node.output().type().dtype();
    return dtype == DType.F32 || dtype == DType.I32 || dtype == DType.I64
        ? ""
        : "no kernel for " + dtype;
  }

  @Override
  public void lower(Node node) {
    switch (node.op()) {
      case Gather op -> {
        boolean table = isTable(new Acceptance(lowering.graph(), lowering.kernels()), node, op);
        if (node.input(0).type().dim(op.axis()) instanceof Dim.Fixed(long extent)) {
          lowering.checkIndices(node.input(1), -extent, extent);
        }
        if (table) {
          rows(node);
        } else {
          gather(node, op);
        }
      }
      case GatherElements op -> gather(node, op);
      case GatherNd op -> gather(node, op);
      case ScatterElements op -> scatter(node, op);
      case ScatterNd op -> scatter(node, op);
      case OneHot op -> oneHot(node, op);
      case ReverseSequence op -> reverse(node, op);
      default -> throw new IllegalStateException(node.op().type());
    }
  }

  /** Indices of rows as I32 from 0, which is what the kernels of tables take. */
  private Operand indices(Node node, Extent rows) {
    Value indices = node.input(1);
    Operand y = lowering.storages().arena(new ValueType(DType.I32, indices.type().dims()));
    lowering
        .launch(node, "pick_indices")
        .memory(lowering.operand(indices))
        .memory(y)
        .integer(rows)
        .integer(lowering.extents().of(node.input(0).type().dim(0)))
        .integer(wide(node))
        .run(Grid.items(Size.of(rows), THREADS));
    return y;
  }

  private void rows(Node node) {
    ValueType table = node.input(0).type();
    Extent rows = lowering.elements(node.input(1).type());
    int width = GpuLowering.columns(table);
    Operand indices = indices(node, rows);
    lowering
        .launch(node, table(table))
        .weights(lowering.stored(node.input(0)), table.dtype())
        .memory(indices)
        .memory(lowering.result(node.output()))
        .integer(rows)
        .integer(width)
        .integer(lowering.extents().of(table.dim(0)))
        .integer(width)
        .run(Grid.groups(Size.fixed(width).pieces(8L * ROW_THREADS), Size.of(rows), ROW_THREADS));
  }

  /** ReverseParams of gather.h. */
  private void reverse(Node node, ReverseSequence op) {
    ValueType type = node.input(0).type();
    picking(node, "reverse", lowering.moved(node.input(0)))
        .integer(lowering.extents().of(type.dim(op.batchAxis())))
        .integer(lowering.extents().of(type.dim(op.timeAxis())))
        .integer(size(type.dims().subList(2, type.rank())))
        .integer(op.batchAxis() == 0)
        .integer(wide(node))
        .run(Grid.items(count(node), THREADS));
  }

  private Size size(List<Dim> dims) {
    return Size.of(lowering.extents().of(dims));
  }

  private static boolean wide(Node node) {
    return node.input(1).type().dtype() == DType.I64;
  }

  /** Bits of what is picked by an index outside: NaN where the dtype has one, else 0. */
  private static int missing(DType dtype) {
    return switch (dtype) {
      case F32 -> 0x7fc00000;
      case F16 -> 0x7e00;
      case BF16 -> 0x7fc0;
      default -> 0;
    };
  }

  private KernelStep.Builder picking(Node node, String kernel, Operand data) {
    DType dtype = node.output().type().dtype();
    return lowering
        .launch(node, kernel + "_" + dtype.blockBytes())
        .memory(data)
        .memory(lowering.operand(node.input(1)))
        .memory(lowering.result(node.output()))
        .integer(count(node));
  }

  private Size count(Node node) {
    return Size.of(lowering.elements(node.output().type()));
  }

  private void gather(Node node, Gather op) {
    List<Dim> dims = node.input(0).type().dims();
    // Floating-point data are picked as F32.
    picking(node, "gather", lowering.operand(node.input(0)))
        .integer(lowering.elements(node.input(1).type()))
        .integer(lowering.extents().of(dims.get(op.axis())))
        .integer(size(dims.subList(op.axis() + 1, dims.size())))
        .integer(wide(node))
        .integer(missing(node.output().type().dtype()))
        .run(Grid.items(count(node), THREADS));
  }

  /** All axes of the indices, and the strides of the data but for that of {@code axis}. */
  private static Axes elements(Node node, int axis) {
    List<Stride> strides = new ArrayList<>(Axes.strides(node.input(0).type().dims()));
    strides.set(axis, Stride.NONE);
    return new Axes(node.input(1).type().dims(), List.of(strides));
  }

  private void gather(Node node, GatherElements op) {
    List<Dim> dims = node.input(0).type().dims();
    Axes axes = elements(node, op.axis());
    axes.addTo(
            picking(node, "gather_elements", lowering.moved(node.input(0)))
                .integer(axes.rank())
                .integer(size(dims.subList(op.axis() + 1, dims.size())))
                .integer(lowering.extents().of(dims.get(op.axis())))
                .integer(wide(node))
                .integer(missing(node.output().type().dtype())),
            lowering.extents())
        .run(Grid.items(count(node), THREADS));
  }

  private void gather(Node node, GatherNd op) {
    List<Dim> indices = node.input(1).type().dims();
    int n = GpuLowering.columns(node.input(1).type());
    List<Dim> dims = node.input(0).type().dims();
    List<Dim> own = dims.subList(op.batchDims(), dims.size());
    slices(
            picking(node, "gather_slices", lowering.moved(node.input(0))),
            own,
            n,
            indices.subList(op.batchDims(), indices.size() - 1),
            wide(node),
            node.output().type().dtype(),
            Reduction.NONE)
        .run(Grid.items(count(node), THREADS));
  }

  /** SlicesParams of gather.h, after its first field. */
  private KernelStep.Builder slices(
      KernelStep.Builder step,
      List<Dim> own,
      int n,
      List<Dim> tuples,
      boolean wide,
      DType dtype,
      Reduction reduction) {
    List<Size> extents = new ArrayList<>();
    List<Size> strides = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      extents.add(Size.of(lowering.extents().of(own.get(i))));
      strides.add(size(own.subList(i + 1, own.size())));
    }
    return step.integer(size(own.subList(n, own.size())))
        .integer(n)
        .integer(size(tuples))
        .integer(size(own))
        .integer(wide)
        .integer(missing(dtype))
        .integer(ParameterBlock.code(reduction))
        .integers(extents, Axes.MOST)
        .integers(strides, Axes.MOST);
  }

  private static List<Dim> without(List<Dim> dims, int axis) {
    List<Dim> others = new ArrayList<>(dims);
    others.remove(axis);
    return others;
  }

  /** Lines of updates along an axis, and of the data. */
  private static Axes lines(Node node, int axis) {
    List<Stride> updates = new ArrayList<>(Axes.strides(node.input(1).type().dims()));
    List<Stride> own = new ArrayList<>(Axes.strides(node.input(0).type().dims()));
    updates.remove(axis);
    own.remove(axis);
    return new Axes(without(node.input(1).type().dims(), axis), List.of(updates, own));
  }

  /** A copy of the data, in which a kernel changes some. */
  private Operand copied(Node node) {
    Operand data = lowering.moved(node.input(0));
    Operand y = lowering.result(node.output());
    lowering.add(lowering.copy(node, data, y));
    return y;
  }

  private KernelStep.Builder placing(Node node, String kernel) {
    Operand y = copied(node);
    return lowering
        .launch(node, kernel + "_" + Acceptance.suffix(node.output().type().dtype()))
        .memory(lowering.operand(node.input(2)))
        .memory(lowering.operand(node.input(1)))
        .memory(y);
  }

  private void scatter(Node node, ScatterElements op) {
    List<Dim> updates = node.input(1).type().dims();
    List<Dim> own = node.input(0).type().dims();
    Axes axes = lines(node, op.axis());
    Size lines = size(without(updates, op.axis()));
    axes.addTo(
            placing(node, "scatter_elements")
                .integer(lines)
                .integer(lowering.extents().of(updates.get(op.axis())))
                .integer(axes.rank())
                .integer(size(updates.subList(op.axis() + 1, updates.size())))
                .integer(size(own.subList(op.axis() + 1, own.size())))
                .integer(lowering.extents().of(own.get(op.axis())))
                .integer(wide(node))
                .integer(ParameterBlock.code(op.reduction())),
            lowering.extents())
        .run(Grid.items(lines, THREADS));
  }

  private void scatter(Node node, ScatterNd op) {
    List<Dim> indices = node.input(1).type().dims();
    int n = GpuLowering.columns(node.input(1).type());
    List<Dim> own = node.input(0).type().dims();
    Size slice = size(own.subList(n, own.size()));
    slices(
            placing(node, "scatter_slices").integer(count(node)),
            own,
            n,
            indices.subList(0, indices.size() - 1),
            wide(node),
            node.output().type().dtype(),
            op.reduction())
        .run(Grid.items(slice, THREADS));
  }

  private void oneHot(Node node, OneHot op) {
    var _ = Decision.of(lowering, node);
    List<Dim> dims = node.output().type().dims();
    lowering
        .launch(node, "one_hot_" + node.output().type().dtype().blockBytes())
        .memory(lowering.operand(node.input(0)))
        .memory(lowering.moved(node.input(2)))
        .memory(lowering.result(node.output()))
        .integer(count(node))
        .integer(lowering.extents().of(op.depth()))
        .integer(size(dims.subList(op.axis() + 1, dims.size())))
        .integer(node.input(0).type().dtype() == DType.I64)
        .run(Grid.items(count(node), THREADS));
  }
}
