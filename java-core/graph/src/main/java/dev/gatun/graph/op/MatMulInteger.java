package dev.gatun.graph.op;

import dev.gatun.graph.Cost;
import dev.gatun.graph.ValueType;
import dev.gatun.tensor.DType;
import java.util.List;
import java.util.Map;

/**
 * Product of matrices of I8 or U8 as I32. Inputs: A [.., M, K]; B [.., K, N]; zero points of A, one
 * or per row, and of B, one or per column; absent for 0.
 */
public record MatMulInteger() implements OnnxOp {
  @Override
  public String type() {
    return "MatMulInteger";
  }

  @Override
  public Map<String, Object> attributes() {
    return Map.of();
  }

  @Override
  public List<ValueType> infer(List<ValueType> inputs) {
    ValueType a = Infer.plain(this, inputs, 0);
    ValueType b = Infer.plain(this, inputs, 1);
    return List.of(new ValueType(DType.I32, IntegerProduct.dims(this, a, b)));
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
    Array y = IntegerProduct.of(call.input(0), call.input(2), call.input(1), call.input(3));
    return List.of(new Array(DType.I32, y.shape(), y.values()));
  }
}
