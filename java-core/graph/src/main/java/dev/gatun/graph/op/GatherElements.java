package dev.gatun.graph.op;

import dev.gatun.graph.GraphException;
import dev.gatun.graph.ValueType;
import dev.gatun.tensor.Shape;
import java.util.List;
import java.util.Map;

/**
 * Picks elements along an axis: y[i][j] = x[index[i][j]][j] for axis 0. Inputs: data of any plain
 * dtype; indices I32 or I64 in [-extent, extent), as the output's shape.
 *
 * @param axis from 0
 */
public record GatherElements(int axis) implements OnnxOp {
  @Override
  public String type() {
    return "GatherElements";
  }

  @Override
  public Map<String, Object> attributes() {
    return Map.of("axis", (long) axis);
  }

  @Override
  public List<ValueType> infer(List<ValueType> inputs) {
    ValueType data = Infer.plain(this, inputs, 0);
    ValueType indices = Infer.integer(this, inputs, 1);
    Infer.check(
        this,
        data.rank() == indices.rank() && axis >= 0 && axis < data.rank(),
        "axis %s of %s by %s",
        axis,
        data,
        indices);
    return List.of(new ValueType(data.dtype(), indices.dims()));
  }

  @Override
  public List<Array> reference(ReferenceCall call) {
    Array data = call.input(0);
    Array indices = call.input(1);
    int[] at = positions(this, data.shape(), indices, axis);
    double[] y = new double[at.length];
    for (int i = 0; i < y.length; i++) {
      y[i] = data.values()[at[i]];
    }
    return List.of(new Array(data.dtype(), indices.shape(), y));
  }

  /** For each index, the element of {@code data} that it means. */
  static int[] positions(Op op, Shape data, Array indices, int axis) {
    long[] strides = Broadcast.strides(data);
    long along = strides[axis];
    strides[axis] = 0;
    for (int d = 0; d < data.rank(); d++) {
      if (d != axis && indices.shape().dim(d) > data.dim(d)) {
        throw new GraphException(
            "%s: indices %s reach beyond %s".formatted(op.type(), indices.shape(), data));
      }
    }
    int[] at = Broadcast.offsets(indices.shape(), strides);
    for (int i = 0; i < at.length; i++) {
      at[i] += (int) (along * index(op, indices.values()[i], data.dim(axis)));
    }
    return at;
  }

  /** An index from 0, of one that may count from the end. */
  static long index(Op op, double index, long extent) {
    long from0 = (long) (index < 0 ? index + extent : index);
    if (from0 < 0 || from0 >= extent) {
      throw new GraphException(
          "%s: index %d lies outside %d".formatted(op.type(), (long) index, extent));
    }
    return from0;
  }
}
