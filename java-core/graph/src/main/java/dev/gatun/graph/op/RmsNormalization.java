package dev.gatun.graph.op;

import dev.gatun.graph.ValueType;
import java.util.List;

/**
 * Root mean square normalization over the last axis (Zhang and Sennrich 2019): {@code x /
 * sqrt(mean(x^2) + epsilon) * scale}. Inputs: x F32; scale F32 [last].
 */
public record RmsNormalization(double epsilon) implements Op {
  @Override
  public String type() {
    return "RMSNormalization";
  }

  @Override
  public List<ValueType> infer(List<ValueType> inputs) {
    ValueType x = Infer.floating(this, inputs, 0);
    Infer.vector(this, inputs, 1, x.dim(-1));
    return List.of(x);
  }
}
