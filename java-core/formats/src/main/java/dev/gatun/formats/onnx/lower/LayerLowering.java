package dev.gatun.formats.onnx.lower;

import dev.gatun.formats.onnx.OnnxAttribute;
import dev.gatun.graph.Dim;
import dev.gatun.graph.Node;
import dev.gatun.graph.op.BatchNormalization;
import dev.gatun.graph.op.Conv;
import dev.gatun.graph.op.ConvTranspose;
import dev.gatun.graph.op.Pool;
import dev.gatun.graph.op.Recurrent;
import dev.gatun.graph.op.Resize;
import dev.gatun.graph.op.Windows;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Convolutions, pools, recurrent layers and Resize: ONNX has each of them. */
final class LayerLowering {
  private final Emitter emitter;

  LayerLowering(Emitter emitter) {
    this.emitter = emitter;
  }

  private List<Operand> all(Node node, Attributes attributes) {
    List<Operand> inputs =
        node.inputs().stream()
            .map(value -> value.isAbsent() ? Operand.ABSENT : emitter.operand(value))
            .toList();
    List<DType> types = node.outputs().stream().map(value -> value.type().dtype()).toList();
    return emitter.emitAll(node.op().type(), attributes, inputs, types);
  }

  private static Attributes windows(Windows windows) {
    Attributes attributes =
        Attributes.none()
            .with("kernel_shape", windows.kernel())
            .with("strides", windows.strides())
            .with("dilations", windows.dilations());
    if (windows.auto() != Windows.Auto.NOTSET) {
      return attributes.with("auto_pad", windows.auto().name());
    }
    List<Long> pads = new ArrayList<>(windows.padBegin());
    pads.addAll(windows.padEnd());
    return attributes.with("pads", pads);
  }

  List<Operand> conv(Node node, Conv op) {
    return all(node, windows(op.windows()).with("group", op.groups()));
  }

  List<Operand> transpose(Node node, ConvTranspose op) {
    return all(
        node,
        windows(op.windows())
            .with("group", op.groups())
            .with("output_padding", op.outputPadding()));
  }

  List<Operand> pool(Node node, Pool op) {
    Attributes attributes = windows(op.windows()).with("ceil_mode", op.windows().ceil() ? 1 : 0);
    return all(
        node,
        switch (op.kind()) {
          case MAX -> attributes.with("storage_order", op.columnMajor() ? 1 : 0);
          case AVERAGE -> attributes.with("count_include_pad", op.countPadding() ? 1 : 0);
          case LP -> attributes.with("p", op.power());
        });
  }

  List<Operand> normalize(Node node, BatchNormalization op) {
    return all(
        node,
        Attributes.none()
            .with("epsilon", (float) op.epsilon())
            .with("momentum", (float) op.momentum())
            .with("training_mode", op.training() ? 1 : 0));
  }

  List<Operand> recurrent(Node node, Recurrent op) {
    List<String> names = new ArrayList<>();
    List<Float> alphas = new ArrayList<>();
    List<Float> betas = new ArrayList<>();
    for (Recurrent.Activation activation : op.activations()) {
      names.add(name(activation.function()));
      switch (activation.function()) {
        case AFFINE, SCALEDTANH, HARDSIGMOID -> {
          alphas.add((float) activation.alpha());
          betas.add((float) activation.beta());
        }
        case LEAKYRELU, THRESHOLDEDRELU, ELU -> alphas.add((float) activation.alpha());
        default -> {}
      }
    }
    Attributes attributes =
        Attributes.none()
            .with("hidden_size", op.hidden())
            .with("direction", op.direction().name().toLowerCase(Locale.ROOT))
            .with("activations", new OnnxAttribute.Texts(names))
            .with("activation_alpha", new OnnxAttribute.Floats(alphas))
            .with("activation_beta", new OnnxAttribute.Floats(betas));
    op.clip().ifPresent(clip -> attributes.with("clip", clip.floatValue()));
    switch (op.kind()) {
      case LSTM -> attributes.with("input_forget", op.inputForget() ? 1 : 0);
      case GRU -> attributes.with("linear_before_reset", op.linearBeforeReset() ? 1 : 0);
      case RNN -> {}
    }
    return op.batchFirst() ? batchFirst(node, attributes) : all(node, attributes);
  }

  /** ONNX Runtime has time first alone. */
  private List<Operand> batchFirst(Node node, Attributes attributes) {
    List<Operand> inputs = new ArrayList<>(node.inputs().stream().map(emitter::operand).toList());
    for (int i : new int[] {0, 5, 6}) {
      if (i < inputs.size() && !inputs.get(i).name().isEmpty()) {
        inputs.set(i, transposed(inputs.get(i), List.of(1L, 0L, 2L)));
      }
    }
    List<DType> types = node.outputs().stream().map(value -> value.type().dtype()).toList();
    List<Operand> results =
        new ArrayList<>(emitter.emitAll(node.op().type(), attributes, inputs, types));
    results.set(0, transposed(results.getFirst(), List.of(2L, 0L, 1L, 3L)));
    for (int i = 1; i < results.size(); i++) {
      results.set(i, transposed(results.get(i), List.of(1L, 0L, 2L)));
    }
    return results;
  }

  private Operand transposed(Operand x, List<Long> order) {
    return emitter.emit("Transpose", Attributes.none().with("perm", order), x.dtype(), x);
  }

  private static String name(Recurrent.Function function) {
    return switch (function) {
      case RELU -> "Relu";
      case TANH -> "Tanh";
      case SIGMOID -> "Sigmoid";
      case AFFINE -> "Affine";
      case LEAKYRELU -> "LeakyRelu";
      case THRESHOLDEDRELU -> "ThresholdedRelu";
      case SCALEDTANH -> "ScaledTanh";
      case HARDSIGMOID -> "HardSigmoid";
      case ELU -> "Elu";
      case SOFTSIGN -> "Softsign";
      case SOFTPLUS -> "Softplus";
    };
  }

  List<Operand> resize(Node node, Resize op) {
    Attributes attributes =
        Attributes.none()
            .with("mode", op.mode().name().toLowerCase(Locale.ROOT))
            .with(
                "coordinate_transformation_mode", op.coordinates().name().toLowerCase(Locale.ROOT))
            .with("nearest_mode", op.rounding().name().toLowerCase(Locale.ROOT))
            .with("cubic_coeff_a", (float) op.cubic())
            .with("exclude_outside", op.excludeOutside() ? 1 : 0)
            .with("extrapolation_value", (float) op.extrapolation())
            .with("antialias", op.antialias() ? 1 : 0);
    Operand region = op.region().isEmpty() ? Operand.ABSENT : floats("roi", op.region());
    Operand scales = Operand.ABSENT;
    Operand sizes = Operand.ABSENT;
    if (op.scales().isEmpty()) {
      sizes = Extents.sizes(emitter, op.sizes());
    } else if (isFloor(node, op)) {
      scales = floats("scales", op.scales());
    } else {
      sizes = ratio(node, op, attributes);
    }
    Operand x = emitter.operand(node.input(0));
    return List.of(emitter.emit("Resize", attributes, x.dtype(), x, region, scales, sizes));
  }

  /** Whether the sizes are what the scales make of the input's, as ONNX counts. */
  private static boolean isFloor(Node node, Resize op) {
    for (int i = 0; i < op.sizes().size(); i++) {
      if (node.input(0).type().dim(i) instanceof Dim.Fixed(long in)
          && op.sizes().get(i) instanceof Dim.Fixed(long out)
          && out != (long) (in * op.scales().get(i).floatValue())) {
        return false;
      }
    }
    return true;
  }

  /** Sizes that one scale of several axes makes, rounded: ONNX's keep_aspect_ratio_policy. */
  private Operand ratio(Node node, Resize op, Attributes attributes) {
    List<Long> axes = new ArrayList<>();
    List<Long> sizes = new ArrayList<>();
    double least = Double.POSITIVE_INFINITY;
    double most = 0;
    double scale = 1;
    for (int i = 0; i < op.sizes().size(); i++) {
      if (!(node.input(0).type().dim(i) instanceof Dim.Fixed(long in))
          || !(op.sizes().get(i) instanceof Dim.Fixed(long out))) {
        throw new Refused("Resize by scales to sizes that are no multiples");
      }
      if (op.scales().get(i) != 1) {
        axes.add((long) i);
        sizes.add(out);
        scale = op.scales().get(i);
        least = Math.min(least, (double) out / in);
        most = Math.max(most, (double) out / in);
      }
    }
    boolean larger = Math.abs(least - scale) < 1e-6;
    if (!larger && Math.abs(most - scale) >= 1e-6) {
      throw new Refused("Resize by scales to sizes that are no multiples");
    }
    attributes
        .with("axes", axes)
        .with("keep_aspect_ratio_policy", larger ? "not_larger" : "not_smaller");
    return emitter.longs(sizes.stream().mapToLong(Long::longValue).toArray());
  }

  private Operand floats(String name, List<Double> numbers) {
    float[] values = new float[numbers.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = numbers.get(i).floatValue();
    }
    return emitter.shared(Tensor.ofFloats(Shape.of(values.length), values), List.of(name, numbers));
  }
}
