package dev.gatun.graph.op;

import dev.gatun.graph.ValueType;
import java.util.List;

/**
 * Layer normalization over the last axis (Ba et al. 2016): {@code (x - mean) / sqrt(var + epsilon)
 * * scale + bias}. Inputs: x F32; scale F32 [last]; bias F32 [last], optional.
 */
public record LayerNormalization(double epsilon) implements Op {
  @Override
  public String type() {
    return "LayerNormalization";
  }

  @Override
  public List<ValueType> infer(List<ValueType> inputs) {
    ValueType x = Infer.floating(this, inputs, 0);
    Infer.vector(this, inputs, 1, x.dim(-1));
    if (Infer.present(inputs, 2)) {
      Infer.vector(this, inputs, 2, x.dim(-1));
    }
    return List.of(x);
  }
}
