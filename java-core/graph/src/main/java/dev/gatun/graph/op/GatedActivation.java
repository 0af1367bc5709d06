package dev.gatun.graph.op;

import dev.gatun.graph.Cost;
import dev.gatun.graph.ValueType;
import java.util.List;

/**
 * {@code activation(gate) * up}, elementwise (Shazeer 2020). Inputs: gate, up, F32, of one shape.
 */
public record GatedActivation(Unary.Function activation) implements Op {
  @Override
  public String type() {
    return "GatedActivation";
  }

  @Override
  public List<ValueType> infer(List<ValueType> inputs) {
    ValueType gate = Infer.floating(this, inputs, 0);
    ValueType up = Infer.floating(this, inputs, 1);
    Infer.check(this, gate.equals(up), "gate is %s, up is %s", gate, up);
    return List.of(gate);
  }

  @Override
  public Cost cost(List<TypedShape> inputs, List<TypedShape> outputs) {
    return Costs.streaming(
        (Unary.flops(activation) + 1) * Costs.elements(outputs.getFirst()), inputs, outputs);
  }

  @Override
  public List<Array> reference(ReferenceCall call) {
    Array gate = call.input(0);
    double[] up = call.input(1).values();
    double[] y = gate.values().clone();
    for (int i = 0; i < y.length; i++) {
      y[i] = Unary.apply(activation, y[i]) * up[i];
    }
    return List.of(new Array(gate.dtype(), gate.shape(), y));
  }
}
