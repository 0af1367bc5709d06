package dev.gatun.graph.op;

import dev.gatun.graph.Dim;
import dev.gatun.graph.ValueType;
import java.util.ArrayList;
import java.util.List;

/**
 * A range of one axis of known extent (ONNX Slice and Split lower to it).
 *
 * @param axis from 0
 * @param start first index, at least 0
 * @param length number of indices
 */
public record Slice(int axis, long start, long length) implements Op {
  @Override
  public String type() {
    return "Slice";
  }

  @Override
  public List<ValueType> infer(List<ValueType> inputs) {
    ValueType x = Infer.required(this, inputs, 0);
    Infer.check(this, axis >= 0 && axis < x.rank(), "axis %s outside %s", axis, x);
    Infer.check(
        this,
        x.dim(axis) instanceof Dim.Fixed(long size)
            && start >= 0
            && length >= 0
            && start <= size - length,
        "%s elements from %s lie outside axis %s of %s",
        length,
        start,
        axis,
        x);
    List<Dim> dims = new ArrayList<>(x.dims());
    dims.set(axis, Dim.of(length));
    return List.of(new ValueType(x.dtype(), dims));
  }
}
