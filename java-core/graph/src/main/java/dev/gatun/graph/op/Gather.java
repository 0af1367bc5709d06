package dev.gatun.graph.op;

import dev.gatun.graph.Dim;
import dev.gatun.graph.ValueType;
import dev.gatun.tensor.DType;
import java.util.ArrayList;
import java.util.List;

/**
 * Picks slices along an axis (ONNX Gather). Inputs: data of any dtype; indices I32 or I64, each in
 * [-extent, extent). Data of a weight format are decoded: the output is F32 then.
 *
 * @param axis from 0
 */
public record Gather(int axis) implements Op {
  @Override
  public String type() {
    return "Gather";
  }

  @Override
  public List<ValueType> infer(List<ValueType> inputs) {
    ValueType data = Infer.required(this, inputs, 0);
    ValueType indices = Infer.integer(this, inputs, 1);
    Infer.check(this, axis >= 0 && axis < data.rank(), "axis %s outside %s", axis, data);
    Infer.check(
        this,
        !data.dtype().isBlocked() || axis < data.rank() - 1,
        "blocked data cannot be gathered along rows: %s",
        data);
    List<Dim> dims = new ArrayList<>(data.dims().subList(0, axis));
    dims.addAll(indices.dims());
    dims.addAll(data.dims().subList(axis + 1, data.rank()));
    boolean decoded = data.dtype().isBlocked() || data.dtype().isFloat();
    return List.of(new ValueType(decoded ? DType.F32 : data.dtype(), dims));
  }
}
