package dev.gatun.gpuengine.compile;

import dev.gatun.engine.memory.Operand;
import dev.gatun.engine.size.Extent;
import dev.gatun.graph.Dim;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.graph.ValueType;
import dev.gatun.graph.op.ComputedResize;
import dev.gatun.graph.op.Resize;
import dev.gatun.graph.op.Resize.Coordinates;
import dev.gatun.graph.op.Sizing;
import dev.gatun.tensor.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
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
    if (x.dtype() != DType.F32) {
      return "no kernel for " + x.dtype();
    }
    if (!(node.op() instanceof Resize op)) {
      return "";
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
    switch (node.op()) {
      case Resize op -> known(node, op);
      case ComputedResize op -> computed(node, op);
      default -> throw new IllegalStateException(node.op().type());
    }
  }

  private void known(Node node, Resize op) {
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
      Extent before = lowering.extents().of(in);
      Extent after = lowering.extents().of(dims.get(axis));
      var points = Points.of(op, axis);
      double shrink = op.antialias() ? Math.min(1, scale(op, axis, in)) : 1;
      var sampling =
          new Sampling(
              size(points.step(), before, after),
              size(points.first(), before, after),
              size(points.unit(), before, after),
              _ -> shrink);
      along(node, op, axis, in, dims, sampling, from, to);
      from = to;
    }
  }

  /** Scales or sizes that are data. */
  private void computed(Node node, ComputedResize op) {
    Decision decision = Decision.of(lowering, node);
    Value x = node.input(0);
    List<Dim> dims = new ArrayList<>(x.type().dims());
    var constants =
        new Resize(
            op.mode(),
            op.coordinates(),
            op.rounding(),
            op.dims(),
            List.of(),
            List.of(),
            op.cubic(),
            op.excludeOutside(),
            op.extrapolation(),
            op.antialias());
    Operand from = lowering.operand(x);
    if (op.axes().isEmpty()) {
      lowering.add(lowering.copy(node, from, lowering.result(node.output())));
    }
    for (int axis : op.axes()) {
      Dim in = dims.get(axis);
      dims.set(axis, op.dims().get(axis));
      Operand to =
          axis == op.axes().getLast()
              ? lowering.result(node.output())
              : lowering.storages().arena(new ValueType(DType.F32, dims));
      var sampling =
          new Sampling(
              decision.size(sizing -> number(op, sizing, axis, Points::step)),
              decision.size(sizing -> number(op, sizing, axis, Points::first)),
              decision.size(sizing -> number(op, sizing, axis, Points::unit)),
              decision.amount(
                  sizing -> op.antialias() ? shrink(op.known(sizing), sizing, axis) : 1));
      along(node, constants, axis, in, dims, sampling, from, to);
      from = to;
    }
  }

  private static long number(
      ComputedResize op, Sizing sizing, int axis, Function<Points, LongBinaryOperator> which) {
    Resize known = op.known(sizing);
    return which
        .apply(Points.of(known, axis))
        .applyAsLong(sizing.shape(0).dim(axis), known.sizes().get(axis).max());
  }

  private static double shrink(Resize known, Sizing sizing, int axis) {
    return Math.min(1, scale(known, axis, Dim.of(sizing.shape(0).dim(axis))));
  }

  private static boolean isIdentity(Resize op, Dim in, int axis) {
    return in.equals(op.sizes().get(axis))
        && (op.scales().isEmpty() || op.scales().get(axis) == 1)
        && op.coordinates() != Coordinates.TF_CROP_AND_RESIZE;
  }

  /** Where the points of an axis lie, and the scale by which they average. */
  private record Sampling(Size step, Size first, Size unit, Amount shrink) {}

  /** ResizeParams of resize.h. */
  private void along(
      Node node,
      Resize op,
      int axis,
      Dim in,
      List<Dim> dims,
      Sampling sampling,
      Operand from,
      Operand to) {
    double reach = op.mode() == Resize.Mode.CUBIC ? 2 : 1;
    lowering
        .launch(node, "resize")
        .memory(from)
        .memory(to)
        .wide(sampling.step())
        .wide(sampling.first())
        .wide(sampling.unit())
        .integer(lowering.extents().of(dims.subList(0, axis)))
        .integer(lowering.extents().of(in))
        .integer(lowering.extents().of(dims.get(axis)))
        .integer(lowering.extents().of(dims.subList(axis + 1, dims.size())))
        .integer(ParameterBlock.code(op.mode()))
        .integer(ParameterBlock.code(op.rounding()))
        .integer(op.excludeOutside())
        .integer(op.coordinates() == Coordinates.TF_CROP_AND_RESIZE)
        .real(op.cubic())
        .real(sizes -> reach / sampling.shrink().of(sizes))
        .real(sampling.shrink())
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
