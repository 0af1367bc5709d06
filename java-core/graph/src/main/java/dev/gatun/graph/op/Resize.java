package dev.gatun.graph.op;

import dev.gatun.graph.Cost;
import dev.gatun.graph.Dim;
import dev.gatun.graph.ValueType;
import dev.gatun.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * Interpolates along axes (ONNX Resize and Upsample). Input: x of a plain dtype.
 *
 * @param sizes extents of the result, one per axis of x
 * @param scales result over input, one per axis; empty when the extents say it
 * @param region start and end of what is read, per axis, in parts of the extent; empty for all;
 *     only for TF_CROP_AND_RESIZE
 * @param cubic the coefficient a of cubic interpolation
 * @param excludeOutside whether neighbours outside have no weight (they repeat the edge otherwise)
 * @param extrapolation value of points outside, only for TF_CROP_AND_RESIZE
 * @param antialias whether shrinking averages over all that a point stands for
 */
public record Resize(
    Mode mode,
    Coordinates coordinates,
    Rounding rounding,
    List<Dim> sizes,
    List<Double> scales,
    List<Double> region,
    double cubic,
    boolean excludeOutside,
    double extrapolation,
    boolean antialias)
    implements Op {
  /** How values between elements come about. */
  public enum Mode {
    NEAREST,
    LINEAR,
    CUBIC
  }

  /** Where a point of the result lies in x: ONNX's coordinate_transformation_mode. */
  public enum Coordinates {
    HALF_PIXEL,
    HALF_PIXEL_SYMMETRIC,
    PYTORCH_HALF_PIXEL,
    ALIGN_CORNERS,
    ASYMMETRIC,
    TF_CROP_AND_RESIZE
  }

  /** Which element is nearest: ONNX's nearest_mode. */
  public enum Rounding {
    ROUND_PREFER_FLOOR,
    ROUND_PREFER_CEIL,
    FLOOR,
    CEIL
  }

  public Resize {
    sizes = List.copyOf(sizes);
    scales = List.copyOf(scales);
    region = List.copyOf(region);
  }

  @Override
  public String type() {
    return "Resize";
  }

  @Override
  public List<ValueType> infer(List<ValueType> inputs) {
    ValueType x = Infer.plain(this, inputs, 0);
    Infer.check(
        this,
        sizes.size() == x.rank() && (scales.isEmpty() || scales.size() == x.rank()),
        "%s sizes and %s scales for %s",
        sizes.size(),
        scales.size(),
        x);
    Infer.check(
        this,
        coordinates != Coordinates.TF_CROP_AND_RESIZE || region.size() == 2 * x.rank(),
        "%s bounds of a region of %s",
        region.size(),
        x);
    return List.of(new ValueType(x.dtype(), sizes));
  }

  @Override
  public Cost cost(List<TypedShape> inputs, List<TypedShape> outputs) {
    double each =
        switch (mode) {
          case NEAREST -> 1;
          case LINEAR -> 6;
          case CUBIC -> 30;
        };
    return Costs.streaming(each * Costs.elements(outputs.getFirst()), inputs, outputs);
  }

  /**
   * Where the points of one axis lie.
   *
   * @param axis of x
   * @param in its extent
   * @param out the extent of the result
   */
  public Axis axis(int axis, long in, long out) {
    return new Axis(this, axis, Math.toIntExact(in), Math.toIntExact(out));
  }

  @Override
  public List<Array> reference(ReferenceCall call) {
    Array x = call.input(0);
    int rank = x.shape().rank();
    long[] dims = x.shape().toArray();
    double[] values = x.values().clone();
    List<Axis> axes = new ArrayList<>();
    for (int i = 0; i < rank; i++) {
      Axis axis = axis(i, dims[i], call.size(sizes.get(i)));
      axes.add(axis);
      if (!axis.isIdentity()) {
        values = along(values, Shape.of(dims), i, axis);
        dims[i] = axis.out();
      }
    }
    Shape shape = Shape.of(dims);
    extrapolate(values, shape, axes);
    if (!x.dtype().isFloat()) {
      for (int i = 0; i < values.length; i++) {
        values[i] = Elements.round(x.dtype(), values[i]);
      }
    }
    return List.of(new Array(x.dtype(), shape, values));
  }

  private static double[] along(double[] x, Shape shape, int at, Axis axis) {
    int inner = Broadcast.product(shape, at + 1, shape.rank());
    int outer = Broadcast.product(shape, 0, at);
    double[] y = new double[Math.multiplyExact(outer * axis.out(), inner)];
    for (int o = 0; o < outer; o++) {
      for (int i = 0; i < axis.out(); i++) {
        int[] from = axis.elements(i);
        double[] weights = axis.weights(i);
        for (int k = 0; k < from.length; k++) {
          int source = (o * axis.in() + from[k]) * inner;
          int target = (o * axis.out() + i) * inner;
          for (int j = 0; j < inner; j++) {
            y[target + j] += weights[k] * x[source + j];
          }
        }
      }
    }
    return y;
  }

  private void extrapolate(double[] y, Shape shape, List<Axis> axes) {
    if (coordinates != Coordinates.TF_CROP_AND_RESIZE) {
      return;
    }
    for (int i = 0; i < y.length; i++) {
      int rest = i;
      for (int axis = shape.rank() - 1; axis >= 0; axis--) {
        int extent = Math.toIntExact(shape.dim(axis));
        if (axes.get(axis).isOutside(rest % extent)) {
          y[i] = extrapolation;
        }
        rest /= extent;
      }
    }
  }

  /** The elements of one axis that make up each point of the result, and their weights. */
  public static final class Axis {
    private final Resize op;
    private final int index;
    private final int in;
    private final int out;
    private final double scale;

    Axis(Resize op, int index, int in, int out) {
      this.op = op;
      this.index = index;
      this.in = in;
      this.out = out;
      scale = op.scales.isEmpty() ? (double) out / in : op.scales.get(index);
    }

    public int in() {
      return in;
    }

    public int out() {
      return out;
    }

    /** Whether every point is the element of the same index. */
    public boolean isIdentity() {
      return in == out && scale == 1 && op.coordinates != Coordinates.TF_CROP_AND_RESIZE;
    }

    /** Where a point lies in x. */
    public double position(int point) {
      double length = scale * in;
      return switch (op.coordinates) {
        case HALF_PIXEL -> (point + 0.5) / scale - 0.5;
        case HALF_PIXEL_SYMMETRIC -> {
          double center = in / 2.0;
          yield center * (1 - out / length) + (point + 0.5) / scale - 0.5;
        }
        case PYTORCH_HALF_PIXEL -> out > 1 ? (point + 0.5) / scale - 0.5 : 0;
        case ALIGN_CORNERS -> length == 1 ? 0 : point * (in - 1) / (length - 1);
        case ASYMMETRIC -> point / scale;
        case TF_CROP_AND_RESIZE -> {
          double start = op.region.get(index);
          double end = op.region.get(op.region.size() / 2 + index);
          yield out > 1
              ? start * (in - 1) + point * (end - start) * (in - 1) / (out - 1)
              : 0.5 * (start + end) * (in - 1);
        }
      };
    }

    /** Whether a point lies outside and gets the value of extrapolation. */
    boolean isOutside(int point) {
      double position = position(point);
      return op.coordinates == Coordinates.TF_CROP_AND_RESIZE
          && (position < 0 || position > in - 1);
    }

    private int nearest(double position) {
      double rounded =
          switch (op.rounding) {
            case ROUND_PREFER_FLOOR -> Math.ceil(position - 0.5);
            case ROUND_PREFER_CEIL -> Math.floor(position + 0.5);
            case FLOOR -> Math.floor(position);
            case CEIL -> Math.ceil(position);
          };
      return clamp((int) rounded);
    }

    private int clamp(int element) {
      return Math.min(Math.max(element, 0), in - 1);
    }

    private double reach() {
      double own = op.mode == Mode.CUBIC ? 2 : 1;
      return op.antialias && scale < 1 ? own / scale : own;
    }

    /** Elements that have a weight in a point, each inside the axis. */
    public int[] elements(int point) {
      double position = position(point);
      if (op.mode == Mode.NEAREST) {
        return new int[] {nearest(position)};
      }
      int[] elements = new int[count(position)];
      for (int i = 0; i < elements.length; i++) {
        elements[i] = clamp(first(position) + i);
      }
      return elements;
    }

    private int first(double position) {
      return (int) Math.floor(position - reach()) + 1;
    }

    private int count(double position) {
      return (int) Math.ceil(position + reach()) - first(position);
    }

    /** Their weights; the sum is 1. */
    public double[] weights(int point) {
      double position = position(point);
      if (op.mode == Mode.NEAREST) {
        return new double[] {1};
      }
      double[] weights = new double[count(position)];
      double shrink = op.antialias ? Math.min(scale, 1) : 1;
      double sum = 0;
      for (int i = 0; i < weights.length; i++) {
        int element = first(position) + i;
        boolean outside = element < 0 || element >= in;
        weights[i] = op.excludeOutside && outside ? 0 : weight((element - position) * shrink);
        sum += weights[i];
      }
      for (int i = 0; i < weights.length; i++) {
        weights[i] /= sum;
      }
      return weights;
    }

    private double weight(double distance) {
      double t = Math.abs(distance);
      if (op.mode == Mode.LINEAR) {
        return Math.max(0, 1 - t);
      }
      double a = op.cubic;
      if (t <= 1) {
        return ((a + 2) * t - (a + 3)) * t * t + 1;
      }
      return t < 2 ? a * (((t - 5) * t + 8) * t - 4) : 0;
    }
  }
}
