package dev.gatun.graph.op;

import dev.gatun.graph.ValueType;
import dev.gatun.tensor.DType;
import java.util.List;

/** Converts elements to another plain dtype, floating point rounded to nearest even. */
public record Cast(DType to) implements Op {
  @Override
  public String type() {
    return "Cast";
  }

  @Override
  public List<ValueType> infer(List<ValueType> inputs) {
    ValueType x = Infer.required(this, inputs, 0);
    Infer.check(this, !to.isBlocked(), "cannot cast to %s", to);
    return List.of(new ValueType(to, x.dims()));
  }
}
