package dev.gatun.graph.op;

import dev.gatun.graph.Cost;
import dev.gatun.graph.ValueType;
import dev.gatun.tensor.DType;
import java.util.List;

/**
 * Converts elements to another plain dtype: to floating point rounded to nearest even, to integers
 * rounded towards zero (what does not fit is undefined), to BOOL 0 for 0 and else 1.
 */
public record Cast(DType to) implements Op {
  @Override
  public String type() {
    return "Cast";
  }

  @Override
  public List<ValueType> infer(List<ValueType> inputs) {
    ValueType x = Infer.plain(this, inputs, 0);
    Infer.check(this, !to.isBlocked() && to != DType.STRING, "cannot cast to %s", to);
    return List.of(new ValueType(to, x.dims()));
  }

  @Override
  public Cost cost(List<TypedShape> inputs, List<TypedShape> outputs) {
    return Costs.streaming(Costs.elements(outputs.getFirst()), inputs, outputs);
  }

  @Override
  public List<Array> reference(ReferenceCall call) {
    Array x = call.input(0);
    double[] y = x.values().clone();
    for (int i = 0; i < y.length; i++) {
      y[i] = Elements.round(to, y[i]);
    }
    return List.of(new Array(to, x.shape(), y));
  }
}
