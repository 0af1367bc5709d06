package dev.gatun.graph.op;

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
}
