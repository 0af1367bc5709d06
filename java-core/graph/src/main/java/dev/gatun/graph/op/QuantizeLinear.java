package dev.gatun.graph.op;

import dev.gatun.graph.ValueType;
import dev.gatun.tensor.DType;
import java.util.List;
import java.util.Map;

/**
 * {@code saturate(round(x / scale) + zero point)}, halves rounded to even. Inputs: x; scale, one
 * number, or [extent of the axis], or one per block; zero point, shaped as the scale, absent for 0.
 *
 * @param axis may count from the end
 * @param block elements along the axis that share a scale; 0 for none
 * @param to dtype of the output: I8, U8, I16 or U16
 */
public record QuantizeLinear(int axis, int block, DType to) implements OnnxOp {
  @Override
  public String type() {
    return "QuantizeLinear";
  }

  @Override
  public Map<String, Object> attributes() {
    return Map.of(
        "axis", (long) axis, "block_size", (long) block, "output_dtype", OnnxTypes.number(to));
  }

  @Override
  public List<ValueType> infer(List<ValueType> inputs) {
    ValueType x = Infer.plain(this, inputs, 0);
    Infer.floating(this, inputs, 1);
    if (Infer.present(inputs, 2)) {
      Infer.check(this, inputs.get(2).dtype() == to, "zero point %s for %s", inputs.get(2), to);
    }
    Infer.check(this, Saturation.isNarrow(to), "no quantization to %s", to);
    return List.of(new ValueType(to, x.dims()));
  }

  @Override
  public List<Array> reference(ReferenceCall call) {
    Array x = call.input(0);
    Scales scales = Scales.of(this, x.shape(), call.input(1), axis, block);
    Scales zeros =
        call.input(2) == null ? null : Scales.of(this, x.shape(), call.input(2), axis, block);
    double[] y = new double[x.values().length];
    for (int i = 0; i < y.length; i++) {
      double zero = zeros == null ? 0 : zeros.of(i);
      y[i] = Saturation.quantize(to, x.values()[i], scales.of(i), zero);
    }
    return List.of(new Array(to, x.shape(), y));
  }
}
