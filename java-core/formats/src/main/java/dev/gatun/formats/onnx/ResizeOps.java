package dev.gatun.formats.onnx;

import dev.gatun.formats.onnx.Imported.Size;
import dev.gatun.formats.onnx.Imported.Sizes;
import dev.gatun.graph.Dim;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.ComputedResize;
import dev.gatun.graph.op.Resize;
import dev.gatun.graph.op.Resize.Coordinates;
import dev.gatun.graph.op.Resize.Mode;
import dev.gatun.graph.op.Resize.Rounding;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Resize, and Upsample of old operator sets. */
final class ResizeOps {
  /** Bound of an extent that only the run knows. */
  private static final long MAX_EXTENT = 1 << 24;

  /** Largest denominator of a scale of an open extent. */
  private static final int MOST_PARTS = 64;

  private ResizeOps() {}

  static void register(OpImporters ops) {
    ops.add("Upsample", ResizeOps::upsample);
    ops.add("Resize", ResizeOps::resize);
  }

  private static List<Imported> upsample(NodeScope node) {
    if (node.has(1) && node.constant(1).isEmpty()) {
      return computed(node, Coordinates.ASYMMETRIC, Rounding.FLOOR, 1);
    }
    List<Double> scales = node.has(1) ? numbers(node, 1, "scales") : reals(node, "scales");
    return scaled(node, Coordinates.ASYMMETRIC, Rounding.FLOOR, scales, List.of());
  }

  private static List<Imported> resize(NodeScope node) {
    if (node.opset() < 11) {
      if (node.constant(1).isEmpty()) {
        return computed(node, Coordinates.ASYMMETRIC, Rounding.FLOOR, 1);
      }
      List<Double> scales = numbers(node, 1, "scales");
      return scaled(node, Coordinates.ASYMMETRIC, Rounding.FLOOR, scales, List.of());
    }
    Coordinates coordinates =
        RecurrentOps.choice(
            node,
            Coordinates.class,
            node.text("coordinate_transformation_mode", "half_pixel"),
            "coordinate_transformation_mode");
    Rounding rounding =
        RecurrentOps.choice(
            node, Rounding.class, node.text("nearest_mode", "round_prefer_floor"), "nearest_mode");
    boolean part = coordinates == Coordinates.TF_CROP_AND_RESIZE && node.constant(1).isEmpty();
    boolean open = given(node, 3) ? node.sizes(3).isEmpty() : node.constant(2).isEmpty();
    if (part || open) {
      return computed(node, coordinates, rounding, 2);
    }
    int rank = node.type(0).rank();
    List<Integer> axes = axes(node, rank);
    List<Double> region = new ArrayList<>();
    if (coordinates == Coordinates.TF_CROP_AND_RESIZE) {
      List<Double> given = numbers(node, 1, "roi");
      region.addAll(Collections.nCopies(rank, 0.0));
      region.addAll(Collections.nCopies(rank, 1.0));
      for (int i = 0; i < axes.size(); i++) {
        region.set(axes.get(i), given.get(i));
        region.set(rank + axes.get(i), given.get(axes.size() + i));
      }
    }
    if (given(node, 3)) {
      return sized(node, coordinates, rounding, axes, region);
    }
    List<Double> some = numbers(node, 2, "scales");
    List<Double> scales = new ArrayList<>(Collections.nCopies(rank, 1.0));
    for (int i = 0; i < axes.size(); i++) {
      scales.set(axes.get(i), some.get(i));
    }
    return scaled(node, coordinates, rounding, scales, region);
  }

  /**
   * Numbers that only the run knows; {@code scales} is the input that they are, or sizes follow.
   */
  private static List<Imported> computed(
      NodeScope node, Coordinates coordinates, Rounding rounding, int scales) {
    int rank = node.type(0).rank();
    List<Integer> axes = axes(node, rank);
    List<Dim> dims = new ArrayList<>(node.type(0).dims());
    axes.forEach(axis -> dims.set(axis, node.unknown(axis.toString(), MAX_EXTENT)));
    ComputedResize.Policy policy =
        RecurrentOps.choice(
            node,
            ComputedResize.Policy.class,
            node.text("keep_aspect_ratio_policy", "stretch"),
            "keep_aspect_ratio_policy");
    Mode mode = RecurrentOps.choice(node, Mode.class, node.text("mode", "nearest"), "mode");
    var op =
        new ComputedResize(
            mode,
            coordinates,
            rounding,
            node.real("cubic_coeff_a", -0.75f),
            node.integer("exclude_outside", 0) != 0,
            node.real("extrapolation_value", 0),
            node.integer("antialias", 0) != 0,
            axes,
            policy,
            dims);
    boolean sized = scales == 2 && given(node, 3);
    Value region = coordinates == Coordinates.TF_CROP_AND_RESIZE ? node.optional(1) : Value.ABSENT;
    return node.result(
        op,
        node.value(0),
        region,
        sized ? Value.ABSENT : node.value(scales),
        sized ? node.value(3) : Value.ABSENT);
  }

  /** Whether an input is there and not empty. */
  private static boolean given(NodeScope node, int input) {
    return node.has(input) && !node.type(input).dim(0).is(0);
  }

  private static List<Integer> axes(NodeScope node, int rank) {
    Optional<List<Long>> axes = node.integers("axes");
    return axes.isPresent()
        ? axes.get().stream().map(axis -> node.axis(axis, rank)).toList()
        : IntStream.range(0, rank).boxed().toList();
  }

  private static List<Imported> sized(
      NodeScope node,
      Coordinates coordinates,
      Rounding rounding,
      List<Integer> axes,
      List<Double> region) {
    Sizes given =
        node.sizes(3).orElseThrow(() -> node.unsupported("its sizes are computed from data"));
    List<Dim> dims = new ArrayList<>(node.type(0).dims());
    for (int i = 0; i < axes.size(); i++) {
      dims.set(
          axes.get(i),
          switch (given.sizes().get(i)) {
            case Size.Whole(long size) -> Dim.of(size);
            case Size.Extent(Dim dim) -> dim;
          });
    }
    String policy = node.text("keep_aspect_ratio_policy", "stretch");
    if (policy.equals("stretch")) {
      return emit(node, coordinates, rounding, dims, List.of(), region);
    }
    // One scale for all axes: the smallest or the largest that the sizes ask for.
    boolean larger = policy.equals("not_smaller");
    double scale = larger ? 0 : Double.POSITIVE_INFINITY;
    for (int axis : axes) {
      double own = (double) fixed(node, dims.get(axis)) / fixed(node, node.type(0).dim(axis));
      scale = larger ? Math.max(scale, own) : Math.min(scale, own);
    }
    List<Double> scales = new ArrayList<>(Collections.nCopies(dims.size(), 1.0));
    for (int axis : axes) {
      dims.set(axis, Dim.of(Math.round(scale * fixed(node, node.type(0).dim(axis)))));
      scales.set(axis, scale);
    }
    return emit(node, coordinates, rounding, dims, scales, region);
  }

  private static long fixed(NodeScope node, Dim dim) {
    if (dim instanceof Dim.Fixed(long size)) {
      return size;
    }
    throw node.unsupported("keep_aspect_ratio_policy needs fixed extents");
  }

  private static List<Imported> scaled(
      NodeScope node,
      Coordinates coordinates,
      Rounding rounding,
      List<Double> scales,
      List<Double> region) {
    List<Dim> dims = new ArrayList<>();
    for (int i = 0; i < node.type(0).rank(); i++) {
      if (i >= scales.size() || !(scales.get(i) > 0)) {
        throw node.bad("has scales " + scales);
      }
      dims.add(scale(node, node.type(0).dim(i), scales.get(i)));
    }
    return emit(node, coordinates, rounding, dims, scales, region);
  }

  private static Dim scale(NodeScope node, Dim dim, double scale) {
    if (dim instanceof Dim.Fixed(long size)) {
      // In single precision, as other runtimes multiply: five times 1.8 is 9.
      return Dim.of((long) Math.floor((float) size * (float) scale));
    }
    for (int parts = 1; parts <= MOST_PARTS; parts++) {
      long times = Math.round(scale * parts);
      if (times > 0 && (float) ((double) times / parts) == (float) scale) {
        if (times > 1) {
          node.requireSum(dim);
        }
        return dim.times(times).dividedBy(parts);
      }
    }
    throw node.unsupported("its scale " + scale + " of an open extent is no fraction");
  }

  private static List<Imported> emit(
      NodeScope node,
      Coordinates coordinates,
      Rounding rounding,
      List<Dim> dims,
      List<Double> scales,
      List<Double> region) {
    Mode mode = RecurrentOps.choice(node, Mode.class, node.text("mode", "nearest"), "mode");
    return node.result(
        new Resize(
            mode,
            coordinates,
            rounding,
            dims,
            scales,
            region,
            node.real("cubic_coeff_a", -0.75f),
            node.integer("exclude_outside", 0) != 0,
            node.real("extrapolation_value", 0),
            node.integer("antialias", 0) != 0),
        node.value(0));
  }

  private static List<Double> numbers(NodeScope node, int input, String what) {
    List<Double> list = new ArrayList<>();
    for (double number : node.numbers(input, what)) {
      list.add(number);
    }
    return list;
  }

  private static List<Double> reals(NodeScope node, String attribute) {
    if (node.node().attributes().get(attribute) instanceof OnnxAttribute.Floats(List<Float> all)) {
      return all.stream().map(Float::doubleValue).toList();
    }
    throw node.bad("lacks " + attribute);
  }
}
