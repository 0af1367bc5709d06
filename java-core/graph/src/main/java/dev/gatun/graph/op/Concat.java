package dev.gatun.graph.op;

import dev.gatun.graph.Dim;
import dev.gatun.graph.ValueType;
import java.util.ArrayList;
import java.util.List;

/**
 * Joins inputs along an axis.
 *
 * @param axis from 0
 */
public record Concat(int axis) implements Op {
  @Override
  public String type() {
    return "Concat";
  }

  @Override
  public List<ValueType> infer(List<ValueType> inputs) {
    ValueType first = Infer.required(this, inputs, 0);
    Infer.check(this, axis >= 0 && axis < first.rank(), "axis %s outside %s", axis, first);
    Dim sum = first.dim(axis);
    for (int i = 1; i < inputs.size(); i++) {
      ValueType x = Infer.required(this, inputs, i);
      Infer.check(
          this,
          x.dtype() == first.dtype() && x.rank() == first.rank(),
          "%s and %s cannot be joined",
          first,
          x);
      for (int d = 0; d < x.rank(); d++) {
        Infer.check(this, d == axis || x.dim(d).equals(first.dim(d)), "%s and %s differ", first, x);
      }
      sum = sum.plus(x.dim(axis));
    }
    List<Dim> dims = new ArrayList<>(first.dims());
    dims.set(axis, sum);
    return List.of(new ValueType(first.dtype(), dims));
  }
}
