package dev.gatun.quantize.onnx;

import dev.gatun.formats.onnx.ElementTypes;
import dev.gatun.formats.onnx.OnnxAttribute;
import dev.gatun.formats.onnx.OnnxNode;
import dev.gatun.formats.onnx.OnnxTensor;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes QuantizeLinear and DequantizeLinear. */
final class LinearPairs {
  private final ModelEdit edit;
  private final StaticInt8 scheme;
  private final String domain;
  private final Map<String, String> constants = new HashMap<>();

  LinearPairs(ModelEdit edit, StaticInt8 scheme) {
    this.edit = edit;
    this.scheme = scheme;
    // The standard operators take 16 bits from version 21 on.
    domain = scheme.activationBits() == 16 && edit.opset("") < 21 ? Nodes.CONTRIBUTED : "";
    if (!domain.isEmpty()) {
      edit.requireOpset(domain, 1);
    }
  }

  boolean isPerChannel() {
    return scheme.perChannel() && edit.opset("") >= 13;
  }

  /** A value through codes and back, under another name. */
  void activation(String value, String result, ActivationScale scale, List<OnnxNode> nodes) {
    String s = edit.add(value + "_scale", Tensor.ofFloats(Shape.of(), scale.scale()));
    int zero = scale.zero();
    boolean wide = scale.dtype() == DType.U16 || scale.dtype() == DType.I16;
    byte[] bytes = wide ? new byte[] {(byte) zero, (byte) (zero >> 8)} : new byte[] {(byte) zero};
    String z = edit.add(value + "_zero_point", scale.dtype(), Shape.of(), bytes);
    String codes = edit.unique(value + "_QuantizeLinear_Output");
    nodes.add(node(value + "_QuantizeLinear", "QuantizeLinear", List.of(value, s, z), codes));
    nodes.add(node(value + "_DequantizeLinear", "DequantizeLinear", List.of(codes, s, z), result));
  }

  private OnnxNode node(String name, String type, List<String> inputs, String output) {
    return new OnnxNode(edit.unique(name), domain, type, inputs, List.of(output), Map.of(), -1);
  }

  /** Weights as codes and what scales them back; gives the name of that. */
  String weight(String name, Shape shape, IntegerWeights weights, List<OnnxNode> nodes) {
    boolean one = weights.axis() < 0;
    Shape each = one ? Shape.of() : Shape.of((long) weights.scales().length);
    String scale = edit.add(name + "_scale", Floats.tensor(DType.F32, each, weights.scales()));
    if (weights.bits() == 4) {
      // Without a zero point it is 0.
      String codes =
          edit.addPacked(name + "_quantized", ElementTypes.INT4, shape, weights.content());
      return dequantized(name, List.of(codes, scale), weights.axis(), nodes);
    }
    String codes = edit.add(name + "_quantized", DType.I8, shape, weights.content());
    String zero = edit.add(name + "_zero_point", DType.I8, each, new byte[weights.scales().length]);
    return dequantized(name, List.of(codes, scale, zero), weights.axis(), nodes);
  }

  private String dequantized(String name, List<String> parts, int axis, List<OnnxNode> nodes) {
    String result = edit.unique(name + "_DequantizeLinear_Output");
    nodes.add(
        Nodes.of(
            edit.unique(name + "_DequantizeLinear"),
            "DequantizeLinear",
            parts,
            result,
            axis < 0 ? Map.of() : Map.of("axis", new OnnxAttribute.Int(axis))));
    return result;
  }

  /** A bias in 32 bits with the scale of the sums that it is added to. */
  String bias(
      String name, OnnxTensor bias, float input, IntegerWeights weights, List<OnnxNode> nodes) {
    float[] values = bias.tensor().toFloats();
    boolean one = weights.axis() < 0;
    float[] scales = new float[one ? 1 : values.length];
    for (int i = 0; i < scales.length; i++) {
      scales[i] = input * weights.scales()[i];
      if (scales[i] < Float.MIN_NORMAL) {
        return name;
      }
    }
    int[] codes = new int[values.length];
    for (int i = 0; i < codes.length; i++) {
      double code = Math.rint(values[i] / (double) scales[one ? 0 : i]);
      if (Math.abs(code) > Integer.MAX_VALUE) {
        // The weights are too small beside it: it stays a floating number.
        return name;
      }
      codes[i] = (int) code;
    }
    Shape each = one ? Shape.of() : Shape.of((long) scales.length);
    String stored = edit.add(name + "_quantized", Tensor.ofInts(bias.shape(), codes));
    String scale = edit.add(name + "_quantized_scale", Tensor.ofFloats(each, scales));
    String zero =
        edit.add(name + "_quantized_zero_point", Tensor.ofInts(each, new int[scales.length]));
    return dequantized(name, List.of(stored, scale, zero), one ? -1 : 0, nodes);
  }

  /** A constant of floating numbers as codes of the activations' kind; empty for others. */
  Optional<String> constant(String name, List<OnnxNode> nodes) {
    Optional<OnnxTensor> tensor = edit.constant(name).filter(WeightMatrix::isFloat);
    if (tensor.isEmpty() || tensor.get().shape().elements() == 0) {
      return Optional.empty();
    }
    return Optional.of(
        constants.computeIfAbsent(
            name,
            key -> {
              float[] values = WeightMatrix.of(edit, tensor.get(), name).values();
              float low = 0;
              float high = 0;
              for (float each : values) {
                float x = Calibration.masked(each);
                low = Math.min(low, x);
                high = Math.max(high, x);
              }
              ActivationScale scale =
                  ActivationScale.of(
                      new ValueRange(low, high), scheme.symmetric(), scheme.activationBits());
              String result = edit.unique(name + "_DequantizeLinear_Output");
              activation(name, result, scale, nodes);
              return result;
            }));
  }
}
