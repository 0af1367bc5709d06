package dev.gatun.openvinobackend.lower;

import static dev.gatun.openvinobackend.lower.ElementTypes.F32;

import dev.gatun.graph.Dim;
import dev.gatun.graph.Node;
import dev.gatun.graph.op.Resize;
import dev.gatun.openvinobackend.ir.Output;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Resize as Interpolate, along the axes whose extents change. */
final class ResizeLowering {
  /** Axes that OpenVINO interpolates linearly as ONNX does. */
  private static final int MOST_LINEAR_AXES = 3;

  private final Operands operands;
  private final Emitter emit;

  ResizeLowering(Operands operands) {
    this.operands = operands;
    emit = operands.emit();
  }

  /** Why it is refused; empty when it is not. */
  static String refusal(Node node, Resize op) {
    if (op.coordinates() == Resize.Coordinates.TF_CROP_AND_RESIZE) {
      return "OpenVINO's Interpolate reads no region";
    }
    // With sizes it is half_pixel: both ends are as far from the edges.
    if (op.coordinates() == Resize.Coordinates.HALF_PIXEL_SYMMETRIC && !op.scales().isEmpty()) {
      return "OpenVINO's Interpolate has no half_pixel_symmetric";
    }
    if (op.excludeOutside()) {
      return "OpenVINO's Interpolate repeats the edge";
    }
    if (op.antialias()) {
      return "OpenVINO's antialiasing is another one";
    }
    if (!node.input(0).type().dtype().isFloat()) {
      return "OpenVINO interpolates single precision";
    }
    return op.mode() != Resize.Mode.NEAREST && axes(node, op).size() > MOST_LINEAR_AXES
        ? "OpenVINO interpolates along at most three axes"
        : "";
  }

  private static List<Integer> axes(Node node, Resize op) {
    List<Integer> axes = new ArrayList<>();
    for (int axis = 0; axis < op.sizes().size(); axis++) {
      boolean scaled = !op.scales().isEmpty() && op.scales().get(axis) != 1;
      if (scaled || !op.sizes().get(axis).equals(node.input(0).type().dim(axis))) {
        axes.add(axis);
      }
    }
    return axes;
  }

  Output run(Node node, Resize op) {
    Output x = operands.single(node, 0);
    List<Integer> axes = axes(node, op);
    if (axes.isEmpty()) {
      return x;
    }
    boolean byScale = !op.scales().isEmpty();
    String attributes =
        "mode=\"%s\" shape_calculation_mode=\"%s\" coordinate_transformation_mode=\"%s\" nearest_mode=\"%s\" antialias=\"false\" pads_begin=\"0\" pads_end=\"0\" cube_coeff=\"%s\""
            .formatted(
                op.mode() == Resize.Mode.LINEAR
                    ? "linear_onnx"
                    : op.mode().name().toLowerCase(Locale.ROOT),
                byScale ? "scales" : "sizes",
                op.coordinates() == Resize.Coordinates.HALF_PIXEL_SYMMETRIC
                    ? "half_pixel"
                    : op.coordinates().name().toLowerCase(Locale.ROOT),
                op.rounding().name().toLowerCase(Locale.ROOT),
                op.cubic());
    Output target;
    if (byScale) {
      Output[] scales =
          axes.stream()
              .map(axis -> emit.reshape(emit.real(op.scales().get(axis)), 1))
              .toArray(Output[]::new);
      target = emit.concat(0, scales);
    } else {
      List<Dim> sizes = axes.stream().map(op.sizes()::get).toList();
      target = operands.dims().sizes(sizes);
    }
    Output places = emit.integers(axes.stream().mapToLong(Integer::longValue).toArray());
    return emit.ir().layer(F32, "Interpolate", "opset11", attributes, x, target, places);
  }
}
