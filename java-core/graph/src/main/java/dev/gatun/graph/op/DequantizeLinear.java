package dev.gatun.graph.op;

import dev.gatun.graph.ValueType;
import java.util.List;
import java.util.Map;

/**
 * {@code (x - zero point) * scale}. Inputs: x of an integer dtype; scale, one number, or [extent of
 * the axis], or one per block; zero point, shaped as the scale, absent for 0. The output has the
 * scale's dtype.
 *
 * @param axis may count from the end
 * @param block elements along the axis that share a scale; 0 for none
 */
public record DequantizeLinear(int axis, int block) implements OnnxOp {
  @Override
  public String type() {
    return "DequantizeLinear";
  }

  @Override
  public Map<String, Object> attributes() {
    return Map.of("axis", (long) axis, "block_size", (long) block);
  }

  @Override
  public List<ValueType> infer(List<ValueType> inputs) {
    ValueType x = Infer.plain(this, inputs, 0);
    ValueType scale = Infer.floating(this, inputs, 1);
    return List.of(new ValueType(scale.dtype(), x.dims()));
  }

  @Override
  public List<Array> reference(ReferenceCall call) {
    Array x = call.input(0);
    Scales scales = Scales.of(this, x.shape(), call.input(1), axis, block);
    Scales zeros =
        call.input(2) == null ? null : Scales.of(this, x.shape(), call.input(2), axis, block);
    double[] y = new double[x.values().length];
    for (int i = 0; i < y.length; i++) {
      y[i] = (x.values()[i] - (zeros == null ? 0 : zeros.of(i))) * scales.of(i);
    }
    return List.of(new Array(call.input(1).dtype(), x.shape(), y));
  }
}
