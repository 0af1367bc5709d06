package dev.gatun.graph.op;

import dev.gatun.graph.Cost;
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
    Infer.rank(this, x, 1);
    Infer.vector(this, inputs, 1, x.dim(-1));
    if (Infer.present(inputs, 2)) {
      Infer.vector(this, inputs, 2, x.dim(-1));
    }
    return List.of(x);
  }

  @Override
  public Cost cost(List<TypedShape> inputs, List<TypedShape> outputs) {
    return Costs.streaming(8 * Costs.elements(outputs.getFirst()), inputs, outputs);
  }

  @Override
  public List<Array> reference(ReferenceCall call) {
    Array x = call.input(0);
    int n = Math.toIntExact(x.shape().rowLength());
    double[] scale = call.input(1).values();
    double[] bias = call.input(2) == null ? new double[n] : call.input(2).values();
    double[] y = x.values().clone();
    for (int at = 0; at < y.length; at += n) {
      double mean = 0;
      for (int i = 0; i < n; i++) {
        mean += y[at + i];
      }
      mean /= n;
      double variance = 0;
      for (int i = 0; i < n; i++) {
        y[at + i] -= mean;
        variance += y[at + i] * y[at + i];
      }
      double factor = 1 / Math.sqrt(variance / n + epsilon);
      for (int i = 0; i < n; i++) {
        y[at + i] = y[at + i] * factor * scale[i] + bias[i];
      }
    }
    return List.of(new Array(x.dtype(), x.shape(), y));
  }
}
