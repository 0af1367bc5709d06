package dev.gatun.formats.onnx;

import dev.gatun.graph.Dim;
import dev.gatun.graph.ValueType;
import dev.gatun.graph.op.AffineGrid;
import dev.gatun.graph.op.Col2Im;
import dev.gatun.graph.op.GridSample;
import dev.gatun.graph.op.MaxUnpool;
import dev.gatun.graph.op.NonMaxSuppression;
import dev.gatun.graph.op.RoiAlign;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Pictures: grids, boxes, blocks. */
final class VisionOps {
  private static final long MAX_EXTENT = 1 << 24;

  private VisionOps() {}

  static void register(OpImporters ops) {
    ops.add("GridSample", VisionOps::gridSample);
    ops.add("AffineGrid", VisionOps::affineGrid);
    ops.add("RoiAlign", VisionOps::roiAlign);
    ops.add("MaxUnpool", VisionOps::maxUnpool);
    ops.add("NonMaxSuppression", VisionOps::suppression);
    ops.add("Col2Im", VisionOps::col2Im);
  }

  private static List<Imported> gridSample(NodeScope node) {
    GridSample.Mode mode =
        switch (node.text("mode", "linear")) {
          case "linear", "bilinear" -> GridSample.Mode.LINEAR;
          case "nearest" -> GridSample.Mode.NEAREST;
          case "cubic", "bicubic" -> GridSample.Mode.CUBIC;
          default -> throw node.bad("has the mode '" + node.text("mode", "") + "'");
        };
    GridSample.Padding padding =
        switch (node.text("padding_mode", "zeros")) {
          case "zeros" -> GridSample.Padding.ZEROS;
          case "border" -> GridSample.Padding.BORDER;
          case "reflection" -> GridSample.Padding.REFLECTION;
          default -> throw node.bad("has the padding '" + node.text("padding_mode", "") + "'");
        };
    return node.result(
        new GridSample(mode, padding, node.flag("align_corners", false)),
        node.value(0),
        node.value(1));
  }

  private static List<Imported> affineGrid(NodeScope node) {
    Optional<List<Long>> size = node.known(1);
    ValueType theta = node.type(0);
    if (!(node.type(1).dim(0) instanceof Dim.Fixed(long rank)) || rank < 3 || rank > 5) {
      throw node.bad("has a size of type " + node.type(1));
    }
    List<Dim> dims = new ArrayList<>(List.of(theta.dim(0)));
    for (int i = 2; i < rank; i++) {
      dims.add(
          size.isPresent()
              ? Dim.of(size.get().get(i))
              : node.unknown(Integer.toString(i - 1), MAX_EXTENT));
    }
    dims.add(Dim.of(rank - 2));
    return node.result(
        new AffineGrid(node.flag("align_corners", false), dims), node.value(0), node.value(1));
  }

  private static List<Imported> roiAlign(NodeScope node) {
    String otherwise = node.opset() < 16 ? "output_half_pixel" : "half_pixel";
    String mode = node.text("coordinate_transformation_mode", otherwise);
    return node.result(
        new RoiAlign(
            node.text("mode", "avg").equals("max"),
            mode.equals("half_pixel"),
            Math.toIntExact(node.integer("output_height", 1)),
            Math.toIntExact(node.integer("output_width", 1)),
            Math.toIntExact(node.integer("sampling_ratio", 0)),
            node.real("spatial_scale", 1)),
        node.value(0),
        node.value(1),
        node.value(2));
  }

  private static List<Imported> maxUnpool(NodeScope node) {
    ValueType type = node.type(0);
    int axes = type.rank() - 2;
    List<Long> kernel =
        node.integers("kernel_shape").orElseThrow(() -> node.bad("has no kernel_shape"));
    List<Long> strides = node.integers("strides").orElse(Collections.nCopies(axes, 1L));
    List<Long> pads = node.integers("pads").orElse(Collections.nCopies(2 * axes, 0L));
    if (axes < 1 || kernel.size() != axes || strides.size() != axes || pads.size() != 2 * axes) {
      throw node.bad("has a window of %s for %s".formatted(kernel, type));
    }
    Optional<List<Long>> shape = node.known(2);
    List<Dim> dims = new ArrayList<>(type.dims());
    for (int d = 0; d < axes; d++) {
      Dim pooled =
          type.dim(d + 2)
              .times(strides.get(d))
              .plus(
                  new Dim.Affine(
                      List.of(),
                      kernel.get(d) - strides.get(d) - pads.get(d) - pads.get(d + axes),
                      1));
      dims.set(
          d + 2,
          shape.isPresent()
              ? Dim.of(shape.get().get(d + 2))
              : node.has(2) ? node.unknown(Integer.toString(d + 2), MAX_EXTENT) : pooled);
    }
    return node.result(
        new MaxUnpool(kernel, strides, pads, dims), node.value(0), node.value(1), node.optional(2));
  }

  private static List<Imported> suppression(NodeScope node) {
    ValueType scores = node.type(1);
    Dim count = node.unknown("picked", scores.maxElements());
    return node.result(
        new NonMaxSuppression(node.flag("center_point_box", false), count),
        node.value(0),
        node.value(1),
        node.optional(2),
        node.optional(3),
        node.optional(4));
  }

  private static List<Imported> col2Im(NodeScope node) {
    ValueType type = node.type(0);
    if (!(node.type(1).dim(0) instanceof Dim.Fixed(long rank)) || rank < 1 || rank > 16) {
      throw node.unsupported("the rank of its result depends on data");
    }
    int axes = (int) rank;
    Optional<List<Long>> picture = node.known(1);
    Optional<List<Long>> block = node.known(2);
    List<Dim> dims = new ArrayList<>(List.of(type.dim(0)));
    boolean known = block.isPresent() && type.dim(1) instanceof Dim.Fixed;
    long elements = block.isPresent() ? block.get().stream().reduce(1L, Math::multiplyExact) : 1;
    if (elements < 1) {
      throw node.bad("has blocks of " + block.get());
    }
    dims.add(known ? Dim.of(type.dim(1).max() / elements) : node.unknown("channels", MAX_EXTENT));
    for (int i = 0; i < axes; i++) {
      dims.add(
          picture.isPresent()
              ? Dim.of(picture.get().get(i))
              : node.unknown(Integer.toString(i + 2), MAX_EXTENT));
    }
    return node.result(
        new Col2Im(
            node.integers("dilations").orElse(Collections.nCopies(axes, 1L)),
            node.integers("pads").orElse(Collections.nCopies(2 * axes, 0L)),
            node.integers("strides").orElse(Collections.nCopies(axes, 1L)),
            dims),
        node.value(0),
        node.value(1),
        node.value(2));
  }
}
