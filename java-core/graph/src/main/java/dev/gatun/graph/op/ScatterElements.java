package dev.gatun.graph.op;

import dev.gatun.graph.GraphException;
import dev.gatun.graph.ValueType;
import java.util.List;
import java.util.Map;

/**
 * A copy of data with single elements changed: y[index[i][j]][j] = update[i][j] for axis 0. Inputs:
 * data; indices I32 or I64 in [-extent, extent); updates, shaped as the indices.
 *
 * @param axis from 0
 */
public record ScatterElements(int axis, Reduction reduction) implements OnnxOp {
  @Override
  public String type() {
    return "ScatterElements";
  }

  @Override
  public Map<String, Object> attributes() {
    return Map.of("axis", (long) axis, "reduction", reduction.onnxName());
  }

  @Override
  public List<ValueType> infer(List<ValueType> inputs) {
    ValueType data = Infer.plain(this, inputs, 0);
    ValueType indices = Infer.integer(this, inputs, 1);
    ValueType updates = Infer.plain(this, inputs, 2);
    Infer.check(
        this,
        updates.dtype() == data.dtype()
            && data.rank() == indices.rank()
            && updates.rank() == indices.rank()
            && axis >= 0
            && axis < data.rank(),
        "axis %s of %s by %s, %s",
        axis,
        data,
        indices,
        updates);
    return List.of(data);
  }

  @Override
  public List<Array> reference(ReferenceCall call) {
    Array data = call.input(0);
    Array indices = call.input(1);
    Array updates = call.input(2);
    if (!updates.shape().equals(indices.shape())) {
      throw new GraphException(
          "updates %s, indices %s".formatted(updates.shape(), indices.shape()));
    }
    double[] y = data.values().clone();
    int[] at = GatherElements.positions(this, data.shape(), indices, axis);
    for (int i = 0; i < at.length; i++) {
      y[at[i]] = reduction.apply(data.dtype(), y[at[i]], updates.values()[i]);
    }
    return List.of(new Array(data.dtype(), data.shape(), y));
  }
}
