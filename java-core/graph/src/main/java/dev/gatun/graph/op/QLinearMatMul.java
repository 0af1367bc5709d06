package dev.gatun.graph.op;

import dev.gatun.graph.Cost;
import dev.gatun.graph.ValueType;
import java.util.List;
import java.util.Map;

/**
 * Product of quantized matrices, quantized. Inputs: A, its scale, its zero point; B, its scale, its
 * zero point; the output's scale and zero point, whose dtype the output has.
 */
public record QLinearMatMul() implements OnnxOp {
  @Override
  public String type() {
    return "QLinearMatMul";
  }

  @Override
  public Map<String, Object> attributes() {
    return Map.of();
  }

  @Override
  public List<ValueType> infer(List<ValueType> inputs) {
    ValueType a = Infer.plain(this, inputs, 0);
    ValueType b = Infer.plain(this, inputs, 3);
    ValueType zero = Infer.plain(this, inputs, 7);
    Infer.check(this, Saturation.isNarrow(zero.dtype()), "no quantization to %s", zero);
    return List.of(new ValueType(zero.dtype(), IntegerProduct.dims(this, a, b)));
  }

  @Override
  public Cost cost(List<TypedShape> inputs, List<TypedShape> outputs) {
    return Costs.streaming(
        2 * Costs.elements(outputs.getFirst()) * inputs.getFirst().shape().dim(-1),
        inputs,
        outputs);
  }

  @Override
  public List<Array> reference(ReferenceCall call) {
    Array sums = IntegerProduct.of(call.input(0), call.input(2), call.input(3), call.input(5));
    double[] aScale = call.input(1).values();
    double[] bScale = call.input(4).values();
    double yScale = call.input(6).scalar();
    double zero = call.input(7).scalar();
    int columns = Math.toIntExact(sums.shape().dim(-1));
    int rows = Math.toIntExact(sums.shape().dim(-2));
    double[] y = new double[sums.values().length];
    for (int i = 0; i < y.length; i++) {
      double scale =
          aScale[aScale.length == 1 ? 0 : i / columns % rows]
              * bScale[bScale.length == 1 ? 0 : i % columns];
      y[i] =
          Saturation.saturate(
              call.input(7).dtype(), Math.rint(sums.values()[i] * scale / yScale) + zero);
    }
    return List.of(new Array(call.input(7).dtype(), sums.shape(), y));
  }
}
