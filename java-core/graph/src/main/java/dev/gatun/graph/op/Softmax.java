package dev.gatun.graph.op;

import dev.gatun.graph.ValueType;
import java.util.List;

/**
 * Softmax along one axis, computed with the maximum subtracted.
 *
 * @param axis from 0, or negative from the end
 */
public record Softmax(int axis) implements Op {
  @Override
  public String type() {
    return "Softmax";
  }

  @Override
  public List<ValueType> infer(List<ValueType> inputs) {
    ValueType x = Infer.floating(this, inputs, 0);
    Infer.check(this, axis >= -x.rank() && axis < x.rank(), "axis %s outside %s", axis, x);
    return List.of(x);
  }
}
