package dev.gatun.gpuengine.compile;

import dev.gatun.engine.memory.Operand;
import dev.gatun.engine.size.Extent;
import dev.gatun.graph.Dim;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.graph.ValueType;
import dev.gatun.graph.op.Resize;
import dev.gatun.graph.op.Resize.Coordinates;
import dev.gatun.tensor.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongBinaryOperator;

/** Interpolation, axis by axis. */
final class ResizeLowering implements OpLowering {
  private static final int THREADS = 256;

  /** Parts of an element that corners of a region are rounded to. */
  private static final long REGION = 1L << 24;

  private final GpuLowering lowering;

  ResizeLowering(GpuLowering lowering) {
    this.lowering = lowering;
  }

  static String refusal(Acceptance acceptance, Node node) {
    ValueType x = node.input(0).type();
    Resize op = (Resize) node.op();
    if (x.dtype() != DType.F32) {
      return "no kernel for " + x.dtype();
    }
    for (int axis = 0; axis < x.rank(); axis++) {
      boolean open =
          !(x.dim(axis) instanceof Dim.Fixed && op.sizes().get(axis) instanceof Dim.Fixed);
      if (op.antialias() && open && op.scales().isEmpty()) {
        return "no kernel that averages by a scale which depends on sizes";
      }
    }
    return "";
  }

  @Override
  public void lower(Node node) {
    Resize op = (Resize) node.op();
    Value x = node.input(0);
    List<Dim> dims = new ArrayList<>(x.type().dims());
    List<Integer> axes = new ArrayList<>();
    for (int axis = 0; axis < dims.size(); axis++) {
      if (!isIdentity(op, dims.get(axis), axis)) {
        axes.add(axis);
      }
    }
    Operand from = lowering.operand(x);
    if (axes.isEmpty()) {
      lowering.add(lowering.copy(node, from, lowering.result(node.output())));
    }
    for (int axis : axes) {
      Dim in = dims.get(axis);
      dims.set(axis, op.sizes().get(axis));
      Operand to =
          axis == axes.getLast()
              ? lowering.result(node.output())
              : lowering.storages().arena(new ValueType(DType.F32, dims));
      along(node, op, axis, in, dims, from, to);
      from = to;
    }
  }

  private static boolean isIdentity(Resize op, Dim in, int axis) {
    return in.equals(op.sizes().get(axis))
        && (op.scales().isEmpty() || op.scales().get(axis) == 1)
        && op.coordinates() != Coordinates.TF_CROP_AND_RESIZE;
  }

  /** ResizeParams of resize.h. */
  private void along(
      Node node, Resize op, int axis, Dim before, List<Dim> dims, Operand from, Operand to) {
    Extent in = lowering.extents().of(before);
    Extent out = lowering.extents().of(dims.get(axis));
    var points = Points.of(op, axis);
    double reach = op.mode() == Resize.Mode.CUBIC ? 2 : 1;
    double shrink = op.antialias() ? Math.min(1, scale(op, axis, before)) : 1;
    lowering
        .launch(node, "resize")
        .memory(from)
        .memory(to)
        .wide(size(points.step(), in, out))
        .wide(size(points.first(), in, out))
        .wide(size(points.unit(), in, out))
        .integer(lowering.extents().of(dims.subList(0, axis)))
        .integer(in)
        .integer(out)
        .integer(lowering.extents().of(dims.subList(axis + 1, dims.size())))
        .integer(ParameterBlock.code(op.mode()))
        .integer(ParameterBlock.code(op.rounding()))
        .integer(op.excludeOutside())
        .integer(op.coordinates() == Coordinates.TF_CROP_AND_RESIZE)
        .real(op.cubic())
        .real(reach / shrink)
        .real(shrink)
        .real(op.extrapolation())
        .run(Grid.items(Size.of(lowering.extents().of(dims)), THREADS));
  }

  private static double scale(Resize op, int axis, Dim in) {
    return op.scales().isEmpty()
        ? (double) op.sizes().get(axis).max() / in.max()
        : op.scales().get(axis);
  }

  private static Size size(LongBinaryOperator function, Extent in, Extent out) {
    return sizes -> function.applyAsLong(in.of(sizes), out.of(sizes));
  }

  /**
   * Where points lie, in whole numbers: point i at {@code (step i + first) / unit}. Each is a
   * function of the extents of the axis before and after.
   */
  private record Points(
      LongBinaryOperator step, LongBinaryOperator first, LongBinaryOperator unit) {
    static Points of(Resize op, int axis) {
      // The scale as a fraction p / q.
      long[] given = op.scales().isEmpty() ? new long[] {0, 0} : Fraction.of(op.scales().get(axis));
      LongBinaryOperator p = (in, out) -> op.scales().isEmpty() ? out : given[0];
      LongBinaryOperator q = (in, out) -> op.scales().isEmpty() ? in : given[1];
      LongBinaryOperator twiceP = (in, out) -> 2 * p.applyAsLong(in, out);
      LongBinaryOperator twiceQ = (in, out) -> 2 * q.applyAsLong(in, out);
      LongBinaryOperator half = (in, out) -> q.applyAsLong(in, out) - p.applyAsLong(in, out);
      return switch (op.coordinates()) {
        case HALF_PIXEL -> new Points(twiceQ, half, twiceP);
        case HALF_PIXEL_SYMMETRIC ->
            new Points(
                twiceQ,
                (in, out) ->
                    half.applyAsLong(in, out)
                        + in * p.applyAsLong(in, out)
                        - out * q.applyAsLong(in, out),
                twiceP);
        case PYTORCH_HALF_PIXEL ->
            new Points(twiceQ, (in, out) -> out > 1 ? half.applyAsLong(in, out) : 0, twiceP);
        case ASYMMETRIC -> new Points(q, (in, out) -> 0, p);
        case ALIGN_CORNERS -> corners(p, q);
        case TF_CROP_AND_RESIZE -> {
          double start = op.region().get(axis);
          double end = op.region().get(op.region().size() / 2 + axis);
          yield region(start, end);
        }
      };
    }

    private static Points corners(LongBinaryOperator p, LongBinaryOperator q) {
      LongBinaryOperator length = (in, out) -> p.applyAsLong(in, out) * in - q.applyAsLong(in, out);
      return new Points(
          (in, out) -> Long.signum(length.applyAsLong(in, out)) * (in - 1) * q.applyAsLong(in, out),
          (in, out) -> 0,
          (in, out) -> Math.max(1, Math.abs(length.applyAsLong(in, out))));
    }

    private static Points region(double start, double end) {
      return new Points(
          (in, out) -> out > 1 ? Math.round((end - start) * (in - 1) * REGION) : 0,
          (in, out) ->
              Math.round((out > 1 ? start * (out - 1) : 0.5 * (start + end)) * (in - 1) * REGION),
          (in, out) -> Math.max(1, out - 1) * REGION);
    }
  }
}
