package dev.gatun.graph.op;

import dev.gatun.graph.Dim;
import dev.gatun.graph.GraphException;
import dev.gatun.graph.ValueType;
import dev.gatun.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * {@link Resize} whose sizes are computed (ONNX Resize). Inputs: x of a plain dtype; start and end
 * of what is read, only for TF_CROP_AND_RESIZE; scales F32; sizes I64; one of the two is absent or
 * has no elements.
 *
 * @param axes that the numbers belong to, from 0
 * @param policy whether axes keep their aspect ratio
 * @param dims the output's
 */
public record ComputedResize(
    Resize.Mode mode,
    Resize.Coordinates coordinates,
    Resize.Rounding rounding,
    double cubic,
    boolean excludeOutside,
    double extrapolation,
    boolean antialias,
    List<Integer> axes,
    Policy policy,
    List<Dim> dims)
    implements OnnxOp, SizedByNumbers {
  /** ONNX's keep_aspect_ratio_policy. */
  public enum Policy {
    STRETCH,
    NOT_LARGER,
    NOT_SMALLER;

    /** ONNX's name. */
    public String onnxName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public ComputedResize {
    axes = List.copyOf(axes);
    dims = List.copyOf(dims);
  }

  @Override
  public String type() {
    return "Resize";
  }

  @Override
  public Map<String, Object> attributes() {
    Map<String, Object> attributes = new TreeMap<>();
    attributes.put("mode", mode.name().toLowerCase(Locale.ROOT));
    attributes.put("coordinate_transformation_mode", coordinates.name().toLowerCase(Locale.ROOT));
    attributes.put("nearest_mode", rounding.name().toLowerCase(Locale.ROOT));
    attributes.put("cubic_coeff_a", cubic);
    attributes.put("exclude_outside", excludeOutside ? 1L : 0L);
    attributes.put("extrapolation_value", extrapolation);
    attributes.put("antialias", antialias ? 1L : 0L);
    attributes.put("axes", axes.stream().map(Integer::longValue).toList());
    attributes.put("keep_aspect_ratio_policy", policy.onnxName());
    return attributes;
  }

  @Override
  public List<ValueType> infer(List<ValueType> inputs) {
    ValueType x = Infer.plain(this, inputs, 0);
    Infer.check(
        this,
        x.rank() == dims.size() && (Infer.present(inputs, 2) || Infer.present(inputs, 3)),
        "%s does not become %s",
        x,
        dims);
    return List.of(new ValueType(x.dtype(), dims));
  }

  @Override
  public Set<Integer> deciding() {
    return Set.of(1, 2, 3);
  }

  /**
   * The resizing to known sizes.
   *
   * @throws GraphException when the numbers do not fit
   */
  public Resize known(Sizing sizing) {
    Shape x = sizing.shape(0);
    int rank = x.rank();
    List<Double> scales = new ArrayList<>(Collections.nCopies(rank, 1.0));
    long[] sizes = x.toArray();
    Array wanted = sizing.number(3);
    boolean sized = wanted != null && wanted.shape().elements() > 0;
    double[] numbers = sized ? wanted.values() : sizing.number(2).values();
    if (numbers.length != axes.size()) {
      throw new GraphException("%d numbers for axes %s".formatted(numbers.length, axes));
    }
    double common = common(x, numbers);
    for (int i = 0; i < numbers.length; i++) {
      int axis = axes.get(i);
      long extent = x.dim(axis);
      if (!sized) {
        // In single precision, as other runtimes multiply: five times 1.8 is 9.
        scales.set(axis, numbers[i]);
        sizes[axis] = (long) Math.floor((float) extent * (float) numbers[i]);
      } else if (policy == Policy.STRETCH) {
        sizes[axis] = (long) numbers[i];
      } else {
        scales.set(axis, common);
        sizes[axis] = Math.round(common * extent);
      }
    }
    Parameters.shape(this, sizes);
    boolean byScale = !sized || policy != Policy.STRETCH;
    List<Dim> fixed = new ArrayList<>();
    for (long size : sizes) {
      fixed.add(Dim.of(size));
    }
    return new Resize(
        mode,
        coordinates,
        rounding,
        fixed,
        byScale ? scales : List.of(),
        region(sizing.number(1), rank),
        cubic,
        excludeOutside,
        extrapolation,
        antialias);
  }

  @Override
  public List<Shape> shapes(Sizing sizing) {
    return List.of(Shape.of(known(sizing).sizes().stream().mapToLong(Dim::max).toArray()));
  }

  @Override
  public List<Array> reference(ReferenceCall call) {
    return known(Sizing.of(call)).reference(call);
  }

  /** One scale for all axes: the smallest or the largest that the sizes ask for. */
  private double common(Shape x, double[] numbers) {
    boolean larger = policy == Policy.NOT_SMALLER;
    double scale = larger ? 0 : Double.POSITIVE_INFINITY;
    for (int i = 0; i < numbers.length; i++) {
      double own = numbers[i] / x.dim(axes.get(i));
      scale = larger ? Math.max(scale, own) : Math.min(scale, own);
    }
    return scale;
  }

  private List<Double> region(Array bounds, int rank) {
    if (coordinates != Resize.Coordinates.TF_CROP_AND_RESIZE) {
      return List.of();
    }
    double[] given = bounds == null ? new double[0] : bounds.values();
    if (given.length != 2 * axes.size()) {
      throw new GraphException("%d bounds for axes %s".formatted(given.length, axes));
    }
    List<Double> region = new ArrayList<>(Collections.nCopies(rank, 0.0));
    region.addAll(Collections.nCopies(rank, 1.0));
    for (int i = 0; i < axes.size(); i++) {
      region.set(axes.get(i), given[i]);
      region.set(rank + axes.get(i), given[axes.size() + i]);
    }
    return region;
  }
}
