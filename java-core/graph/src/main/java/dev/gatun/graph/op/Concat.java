package dev.gatun.graph.op;

import dev.gatun.graph.Cost;
import dev.gatun.graph.Dim;
import dev.gatun.graph.GraphException;
import dev.gatun.graph.ValueType;
import dev.gatun.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
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
    List<Dim> dims = new ArrayList<>(first.dims());
    for (int i = 1; i < inputs.size(); i++) {
      ValueType x = Infer.required(this, inputs, i);
      Infer.check(
          this,
          x.dtype() == first.dtype() && x.rank() == first.rank(),
          "%s and %s cannot be joined",
          first,
          x);
      for (int d = 0; d < x.rank(); d++) {
        Infer.check(
            this, d == axis || Infer.mayBe(x.dim(d), dims.get(d)), "%s and %s differ", first, x);
        if (d != axis && x.dim(d) instanceof Dim.Fixed) {
          dims.set(d, x.dim(d));
        }
      }
      sum = Infer.sum(sum, x.dim(axis));
    }
    dims.set(axis, sum);
    return List.of(new ValueType(first.dtype(), dims));
  }

  @Override
  public Cost cost(List<TypedShape> inputs, List<TypedShape> outputs) {
    return Costs.streaming(0, inputs, outputs);
  }

  @Override
  public List<Array> reference(ReferenceCall call) {
    Array first = call.input(0);
    long[] dims = first.shape().toArray();
    dims[axis] = call.inputs().stream().mapToLong(x -> x.shape().dim(axis)).sum();
    Shape shape = Shape.of(dims);
    int outer = Broadcast.product(shape, 0, axis);
    int outRow = Broadcast.product(shape, axis, shape.rank());
    double[] y = new double[Math.toIntExact(shape.elements())];
    int at = 0;
    for (Array x : call.inputs()) {
      long[] own = x.shape().toArray();
      own[axis] = dims[axis];
      if (!Arrays.equals(own, dims)) {
        throw new GraphException("%s and %s differ".formatted(first.shape(), x.shape()));
      }
      int row = Broadcast.product(x.shape(), axis, shape.rank());
      for (int o = 0; o < outer; o++) {
        System.arraycopy(x.values(), o * row, y, o * outRow + at, row);
      }
      at += row;
    }
    return List.of(new Array(first.dtype(), shape, y));
  }
}
