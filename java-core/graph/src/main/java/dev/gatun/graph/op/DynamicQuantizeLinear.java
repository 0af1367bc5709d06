package dev.gatun.graph.op;

import dev.gatun.graph.ValueType;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Quantizes to U8 with the scale that the range of x and 0 asks for. Input: x F32. Outputs: y U8;
 * scale F32 scalar; zero point U8 scalar.
 */
public record DynamicQuantizeLinear() implements OnnxOp {
  @Override
  public String type() {
    return "DynamicQuantizeLinear";
  }

  @Override
  public Map<String, Object> attributes() {
    return Map.of();
  }

  @Override
  public List<ValueType> infer(List<ValueType> inputs) {
    ValueType x = Infer.floating(this, inputs, 0);
    return List.of(
        new ValueType(DType.U8, x.dims()), ValueType.of(DType.F32), ValueType.of(DType.U8));
  }

  @Override
  public List<Array> reference(ReferenceCall call) {
    Array x = call.input(0);
    double low = Math.min(0, Arrays.stream(x.values()).min().orElse(0));
    double high = Math.max(0, Arrays.stream(x.values()).max().orElse(0));
    double scale = (float) ((high - low) / 255);
    double zero =
        scale == 0 ? 0 : Saturation.saturate(DType.U8, Math.rint((float) (0 - low / scale)));
    double[] y = new double[x.values().length];
    for (int i = 0; i < y.length; i++) {
      y[i] = scale == 0 ? 0 : Saturation.quantize(DType.U8, x.values()[i], scale, zero);
    }
    return List.of(
        new Array(DType.U8, x.shape(), y),
        new Array(DType.F32, Shape.of(), scale),
        new Array(DType.U8, Shape.of(), zero));
  }
}
