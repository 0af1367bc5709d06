package dev.gatun.graph.op;

import dev.gatun.graph.Cost;
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
    Infer.rank(this, x, 1);
    Infer.vector(this, inputs, 1, x.dim(-1));
    return List.of(x);
  }

  @Override
  public Cost cost(List<TypedShape> inputs, List<TypedShape> outputs) {
    return Costs.streaming(4 * Costs.elements(outputs.getFirst()), inputs, outputs);
  }

  @Override
  public List<Array> reference(ReferenceCall call) {
    Array x = call.input(0);
    int n = Math.toIntExact(x.shape().rowLength());
    double[] scale = call.input(1).values();
    double[] y = x.values().clone();
    for (int at = 0; at < y.length; at += n) {
      double factor = 1 / Math.sqrt(Linear.dot(y, at, y, at, n) / n + epsilon);
      for (int i = 0; i < n; i++) {
        y[at + i] *= factor * scale[i];
      }
    }
    return List.of(new Array(x.dtype(), x.shape(), y));
  }
}
