package dev.gatun.qnnbackend.lower;

import dev.gatun.graph.Constant;
import dev.gatun.graph.Node;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Array;
import dev.gatun.graph.op.BatchNormalization;
import dev.gatun.graph.op.Conv;
import dev.gatun.graph.op.ConvTranspose;
import dev.gatun.graph.op.Pool;
import dev.gatun.graph.op.Resize;
import dev.gatun.graph.op.Windows;
import dev.gatun.qnn.Elements;
import dev.gatun.qnn.QnnOp.Parameter;
import dev.gatun.qnn.QnnTensor;
import dev.gatun.qnn.Quantization.PerAxis;
import dev.gatun.qnn.Quantization.PerTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Convolutions, pools and resizing. QNN's have channels last and two spatial axes: one is taken as
 * the second of two.
 */
final class SpatialLowering {
  private final Scope scope;
  private final Emitter emit;

  SpatialLowering(Scope scope) {
    this.scope = scope;
    emit = scope.emit();
  }

  void conv(Node node, Conv op, Form form) {
    Value x = node.input(0);
    Value w = node.input(1);
    Constant weights =
        scope
            .constant(w)
            .orElseThrow(() -> new Refused("weights that are computed are not lowered to QNN"));
    List<Integer> dims = two(scope.dims(w));
    boolean depthwise = op.groups() > 1 && dims.get(1) == 1 && op.groups() == channels(x);
    List<QnnTensor> inputs = new ArrayList<>();
    inputs.add(input(x));
    Form codes = scope.inCodes() ? scope.weights(weights, 0, 3).orElseThrow() : scope.form(w);
    inputs.add(scope.constants().permuted(weights, codes, dims, 2, 3, 1, 0));
    if (!node.input(2).isAbsent()) {
      inputs.add(
          scope.inCodes() ? bias(node, Form.of(inputs.getFirst()), codes) : scope.input(node, 2));
    }
    List<Parameter> parameters = new ArrayList<>();
    parameters.add(pair("stride", op.windows().strides(), 1));
    parameters.add(padding(op.windows(), scope.dims(x)));
    parameters.add(pair("dilation", op.windows().dilations(), 1));
    if (!depthwise) {
      parameters.add(new Parameter.U32("group", op.groups()));
    }
    put(node, depthwise ? "DepthWiseConv2d" : "Conv2d", form, inputs, parameters);
  }

  /** Sums of products of codes are in units of both scales: the bias is, too. */
  private QnnTensor bias(Node node, Form x, Form weights) {
    float unit = Codes.scale(x);
    List<PerTensor> channels =
        Codes.channelScales(weights).stream().map(own -> new PerTensor(own * unit, 0)).toList();
    Form form = new Form(Elements.CODES_I32, Optional.of(new PerAxis(0, channels)));
    Constant constant = scope.constant(node.input(2)).orElseThrow();
    return scope.constants().plain(constant, form, scope.dims(node.input(2)));
  }

  void convTranspose(Node node, ConvTranspose op, Form form) {
    Value x = node.input(0);
    Value w = node.input(1);
    Constant weights =
        scope
            .constant(w)
            .orElseThrow(() -> new Refused("weights that are computed are not lowered to QNN"));
    Windows windows = op.windows();
    if (op.groups() != 1 || windows.dilations().stream().anyMatch(step -> step != 1)) {
      throw new Refused("transposed convolutions with groups or dilations are not lowered to QNN");
    }
    List<QnnTensor> inputs = new ArrayList<>();
    inputs.add(input(x));
    inputs.add(scope.constants().permuted(weights, scope.form(w), two(scope.dims(w)), 2, 3, 0, 1));
    if (!node.input(2).isAbsent()) {
      inputs.add(scope.input(node, 2));
    }
    List<Parameter> parameters =
        List.of(
            pair("stride", windows.strides(), 1),
            padding(windows, scope.dims(x)),
            pair("output_padding", op.outputPadding(), 0));
    put(node, "TransposeConv2d", form, inputs, parameters);
  }

  void pool(Node node, Pool op, Form form) {
    Windows windows = op.windows();
    if (op.indices() || op.kind() == Pool.Kind.LP) {
      throw new Refused(op.type() + (op.indices() ? " with indices" : "") + " is not on QNN");
    }
    if (windows.dilations().stream().anyMatch(step -> step != 1)) {
      throw new Refused("pools with dilations are not on QNN");
    }
    boolean average = op.kind() == Pool.Kind.AVERAGE;
    if (average && op.countPadding() && windows.ceil()) {
      throw new Refused("an average that counts padding beyond ceil_mode is another on QNN");
    }
    List<Parameter> parameters = new ArrayList<>();
    parameters.add(pair("filter_size", windows.kernel(), 1));
    parameters.add(pair("stride", windows.strides(), 1));
    parameters.add(padding(windows, scope.dims(node.input(0))));
    parameters.add(new Parameter.U32("rounding_mode", windows.ceil() ? 1 : 0));
    if (average) {
      parameters.add(new Parameter.Bool("count_pad_for_edges", op.countPadding()));
    }
    String type = average ? "PoolAvg2d" : "PoolMax2d";
    put(node, type, form, List.of(input(node.input(0))), parameters);
  }

  void resize(Node node, Resize op, Form form) {
    List<Integer> from = scope.dims(node.input(0));
    List<Integer> to = scope.dims(node.output());
    if (from.size() != 4 || !from.subList(0, 2).equals(to.subList(0, 2))) {
      throw new Refused("only height and width are resized on QNN");
    }
    if (op.antialias() || op.mode() == Resize.Mode.CUBIC) {
      throw new Refused("cubic or antialiased resizing is not lowered to QNN");
    }
    boolean nearest = op.mode() == Resize.Mode.NEAREST;
    boolean whole =
        op.scales().stream().allMatch(scale -> scale == Math.rint(scale)) || op.scales().isEmpty();
    if (nearest
        && (op.coordinates() != Resize.Coordinates.ASYMMETRIC
            || op.rounding() != Resize.Rounding.FLOOR)) {
      throw new Refused(
          "nearest resizing with %s and %s is not on QNN"
              .formatted(op.coordinates(), op.rounding()));
    }
    if (!whole) {
      throw new Refused("resizing by scales that are not whole is another on QNN");
    }
    boolean corners = false;
    boolean centers = false;
    switch (op.coordinates()) {
      case ASYMMETRIC -> {}
      case HALF_PIXEL -> centers = true;
      case ALIGN_CORNERS -> corners = true;
      default -> throw new Refused("resizing with %s is not on QNN".formatted(op.coordinates()));
    }
    put(
        node,
        nearest ? "ResizeNearestNeighbor" : "ResizeBilinear",
        form,
        List.of(input(node.input(0))),
        List.of(
            new Parameter.Bool("align_corners", corners),
            new Parameter.Bool("half_pixel_centers", centers)));
  }

  /** Scale and shift of each channel, out of constants. */
  QnnTensor batchNormalization(Node node, BatchNormalization op, Form form) {
    if (op.training()) {
      throw new Refused("training is not lowered to QNN");
    }
    double[][] given = new double[4][];
    for (int i = 0; i < 4; i++) {
      Constant constant =
          scope
              .constant(node.input(1 + i))
              .orElseThrow(() -> new Refused("statistics that are computed"));
      given[i] = Array.of(constant.data()).values();
    }
    int channels = given[0].length;
    double[] scale = new double[channels];
    double[] shift = new double[channels];
    for (int i = 0; i < channels; i++) {
      scale[i] = given[0][i] / Math.sqrt(given[3][i] + op.epsilon());
      shift[i] = given[1][i] - given[2][i] * scale[i];
    }
    QnnTensor x = scope.input(node, 0);
    List<Integer> dims = new ArrayList<>();
    for (int axis = 0; axis < x.rank(); axis++) {
      dims.add(axis == Math.min(1, x.rank() - 1) && x.rank() > 1 ? channels : 1);
    }
    QnnTensor scaled = emit.binary("ElementWiseMultiply", form, x, emit.reals(dims, scale));
    return emit.binary("ElementWiseAdd", form, scaled, emit.reals(dims, shift));
  }

  private int channels(Value x) {
    return scope.dims(x).get(1);
  }

  /** [N, H, W, C] of a value with one or two spatial axes. */
  private QnnTensor input(Value x) {
    return switch (x.type().rank()) {
      case 4 -> scope.channelsLast(x);
      case 3 -> {
        QnnTensor last = emit.transpose(scope.value(x), 0, 2, 1);
        yield emit.reshape(last, last.dim(0), 1, last.dim(1), last.dim(2));
      }
      default -> throw new Refused("only one or two spatial axes are lowered to QNN");
    };
  }

  private void put(
      Node node, String type, Form form, List<QnnTensor> inputs, List<Parameter> parameters) {
    List<Integer> dims = scope.dims(node.output());
    List<Integer> last = new ArrayList<>(two(dims));
    Integer channels = last.get(1);
    last.subList(1, 2).clear();
    last.add(channels);
    QnnTensor made = emit.op(type, form, last, inputs, parameters.toArray(Parameter[]::new));
    if (dims.size() == 4) {
      scope.putChannelsLast(node.output(), made);
    } else {
      QnnTensor line = emit.reshape(made, dims.get(0), dims.get(2), dims.get(1));
      scope.put(node.output(), emit.transpose(line, 0, 2, 1));
    }
  }

  /** Extents with two spatial axes. */
  private static List<Integer> two(List<Integer> dims) {
    if (dims.size() != 3) {
      return dims;
    }
    return List.of(dims.get(0), dims.get(1), 1, dims.get(2));
  }

  private static Parameter pair(String name, List<Long> values, int other) {
    List<Integer> both = new ArrayList<>();
    if (values.size() == 1) {
      both.add(other);
    }
    values.forEach(value -> both.add(Math.toIntExact(value)));
    return Emitter.vector(name, both);
  }

  private static Parameter padding(Windows windows, List<Integer> dims) {
    List<Integer> amounts = new ArrayList<>();
    if (windows.rank() == 1) {
      amounts.addAll(List.of(0, 0));
    }
    for (int axis = 0; axis < windows.rank(); axis++) {
      amounts.add(Math.toIntExact(windows.before(dims.get(2 + axis), axis)));
      amounts.add(Math.toIntExact(windows.after(dims.get(2 + axis), axis)));
    }
    return new Parameter.U32s("pad_amount", List.of(2, 2), amounts);
  }
}
