package dev.gatun.graph.op;

import dev.gatun.graph.Cost;
import dev.gatun.graph.Dim;
import dev.gatun.graph.GraphException;
import dev.gatun.graph.ValueType;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * Picks slices along an axis (ONNX Gather). Inputs: data of any dtype; indices I32 or I64, each in
 * [-extent, extent). Floating-point data and weight formats are decoded: the output is F32 then.
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
        "elements of blocked rows cannot be picked: %s",
        data);
    List<Dim> dims = new ArrayList<>(data.dims().subList(0, axis));
    dims.addAll(indices.dims());
    dims.addAll(data.dims().subList(axis + 1, data.rank()));
    return List.of(new ValueType(decoded(data.dtype()), dims));
  }

  @Override
  public Cost cost(List<TypedShape> inputs, List<TypedShape> outputs) {
    TypedShape data = inputs.get(0);
    TypedShape indices = inputs.get(1);
    double share =
        data.shape().elements() == 0
            ? 0
            : Costs.elements(outputs.getFirst()) / Costs.elements(data);
    return Costs.bytes(data, data.bytes() * share)
        .plus(Costs.bytes(indices, (double) indices.bytes()))
        .plus(Costs.written(outputs));
  }

  @Override
  public List<Array> reference(ReferenceCall call) {
    Array data = call.input(0);
    Array indices = call.input(1);
    Shape shape = data.shape();
    int extent = Math.toIntExact(shape.dim(axis));
    int inner = Broadcast.product(shape, axis + 1, shape.rank());
    int outer = Broadcast.product(shape, 0, axis);
    double[] picks = indices.values();
    double[] y = new double[Math.multiplyExact(outer * picks.length, inner)];
    double[] row = new double[inner];
    for (int o = 0; o < outer; o++) {
      for (int p = 0; p < picks.length; p++) {
        int index = (int) (picks[p] < 0 ? picks[p] + extent : picks[p]);
        if (index < 0 || index >= extent) {
          throw new GraphException(
              "index %d lies outside axis %d of %s".formatted((long) picks[p], axis, shape));
        }
        data.read(((long) o * extent + index) * inner, row, inner);
        System.arraycopy(row, 0, y, (o * picks.length + p) * inner, inner);
      }
    }
    return List.of(new Array(decoded(data.dtype()), resultShape(shape, indices.shape()), y));
  }

  private static DType decoded(DType stored) {
    return stored.isBlocked() || stored.isFloat() ? DType.F32 : stored;
  }

  private Shape resultShape(Shape data, Shape indices) {
    long[] dims = new long[data.rank() - 1 + indices.rank()];
    System.arraycopy(data.toArray(), 0, dims, 0, axis);
    System.arraycopy(indices.toArray(), 0, dims, axis, indices.rank());
    System.arraycopy(data.toArray(), axis + 1, dims, axis + indices.rank(), data.rank() - axis - 1);
    return Shape.of(dims);
  }
}
