package dev.gatun.graph.op;

import dev.gatun.graph.Cost;
import dev.gatun.graph.Dim;
import dev.gatun.graph.ValueType;
import dev.gatun.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Samples of pictures or volumes at places that a grid gives (Jaderberg et al. 2015). Inputs: x [n,
 * c, extents ..]; grid [n, output extents .., axes], last coordinate first, where -1 and 1 are the
 * ends.
 *
 * @param mode how samples between elements are made
 * @param padding what lies beyond the ends
 * @param alignCorners whether the ends are the centres of the outer elements, else their edges
 */
public record GridSample(Mode mode, Padding padding, boolean alignCorners) implements OnnxOp {
  /** Interpolation. */
  public enum Mode {
    LINEAR,
    NEAREST,
    /** With coefficient -0.75; of two axes. */
    CUBIC;

    /** ONNX's name. */
    public String onnxName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** What lies beyond. */
  public enum Padding {
    ZEROS,
    BORDER,
    REFLECTION;

    /** ONNX's name. */
    public String onnxName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Override
  public String type() {
    return "GridSample";
  }

  @Override
  public Map<String, Object> attributes() {
    return Map.of(
        "mode",
        mode.onnxName(),
        "padding_mode",
        padding.onnxName(),
        "align_corners",
        alignCorners ? 1L : 0L);
  }

  @Override
  public List<ValueType> infer(List<ValueType> inputs) {
    ValueType x = Infer.plain(this, inputs, 0);
    ValueType grid = Infer.floating(this, inputs, 1);
    Infer.check(
        this,
        x.rank() >= 3 && grid.rank() == x.rank() && grid.dim(-1).is(x.rank() - 2),
        "%s at %s",
        x,
        grid);
    List<Dim> dims = new ArrayList<>(x.dims().subList(0, 2));
    dims.addAll(grid.dims().subList(1, grid.rank() - 1));
    return List.of(new ValueType(x.dtype(), dims));
  }

  @Override
  public Cost cost(List<TypedShape> inputs, List<TypedShape> outputs) {
    double taps = Math.pow(mode == Mode.CUBIC ? 4 : 2, inputs.getFirst().shape().rank() - 2);
    return Costs.streaming(2 * taps * Costs.elements(outputs.getFirst()), inputs, outputs);
  }

  @Override
  public List<Array> reference(ReferenceCall call) {
    Array x = call.input(0);
    Array grid = call.input(1);
    int axes = x.shape().rank() - 2;
    int batch = Math.toIntExact(x.shape().dim(0));
    int channels = Math.toIntExact(x.shape().dim(1));
    int plane = Broadcast.product(x.shape(), 2, x.shape().rank());
    int points = Broadcast.product(grid.shape(), 1, grid.shape().rank() - 1);
    long[] dims = new long[x.shape().rank()];
    dims[0] = batch;
    dims[1] = channels;
    System.arraycopy(grid.shape().toArray(), 1, dims, 2, axes);
    double[] y = new double[batch * channels * points];
    double[] at = new double[axes];
    long[] extents = Arrays.copyOfRange(x.shape().toArray(), 2, 2 + axes);
    for (int n = 0; n < batch; n++) {
      for (int p = 0; p < points; p++) {
        for (int d = 0; d < axes; d++) {
          double place = grid.values()[(n * points + p) * axes + axes - 1 - d];
          at[d] = position(place, extents[d]);
        }
        for (int c = 0; c < channels; c++) {
          int base = (n * channels + c) * plane;
          y[(n * channels + c) * points + p] = sample(x.values(), base, extents, at, 0, 0);
        }
      }
    }
    return List.of(new Array(x.dtype(), Shape.of(dims), y));
  }

  /** The place as an index, moved into the extent as the padding says. */
  private double position(double place, long extent) {
    double at = alignCorners ? (place + 1) / 2 * (extent - 1) : ((place + 1) * extent - 1) / 2;
    if (mode == Mode.NEAREST) {
      at = Math.rint(at);
    }
    return mode == Mode.CUBIC ? at : bounded(at, extent);
  }

  private double bounded(double at, long extent) {
    return switch (padding) {
      case ZEROS -> at;
      case BORDER -> Math.clamp(at, 0.0, extent - 1.0);
      case REFLECTION ->
          alignCorners
              ? reflect(at, 0, extent - 1.0)
              : Math.clamp(reflect(at, -0.5, extent - 0.5), 0.0, extent - 1.0);
    };
  }

  private static double reflect(double x, double low, double high) {
    double range = high - low;
    if (range == 0 || Double.isNaN(x) || Double.isInfinite(x)) {
      return low;
    }
    double distance = Math.abs(x - low) % (2 * range);
    return low + (distance > range ? 2 * range - distance : distance);
  }

  /** Interpolates along axis {@code d} what the following axes give at each of its taps. */
  private double sample(double[] x, int base, long[] extents, double[] at, int d, long offset) {
    if (d == extents.length) {
      return x[(int) (base + offset)];
    }
    if (Double.isNaN(at[d])) {
      return Double.NaN;
    }
    long floor = (long) Math.floor(at[d]);
    double rest = at[d] - floor;
    double[] weights =
        switch (mode) {
          case NEAREST -> new double[] {1};
          case LINEAR -> new double[] {1 - rest, rest};
          case CUBIC -> cubic(rest);
        };
    long first = mode == Mode.CUBIC ? floor - 1 : floor;
    double sum = 0;
    for (int i = 0; i < weights.length; i++) {
      long index = first + i;
      if (mode == Mode.CUBIC && padding != Padding.ZEROS) {
        index = (long) bounded((double) index, extents[d]);
      }
      if (weights[i] != 0 && index >= 0 && index < extents[d]) {
        sum += weights[i] * sample(x, base, extents, at, d + 1, offset * extents[d] + index);
      }
    }
    return sum;
  }

  /** Weights of the four elements around (Keys 1981). */
  private static double[] cubic(double t) {
    double a = -0.75;
    double[] weights = new double[4];
    for (int i = 0; i < 4; i++) {
      double x = Math.abs(t + 1 - i);
      weights[i] =
          x <= 1 ? ((a + 2) * x - (a + 3)) * x * x + 1 : ((a * x - 5 * a) * x + 8 * a) * x - 4 * a;
    }
    return weights;
  }
}
