package dev.gatun.graph.op;

import dev.gatun.graph.Dim;
import dev.gatun.graph.GraphException;
import dev.gatun.graph.ValueType;
import java.util.List;
import java.util.Map;

/**
 * A copy of data with slices changed. Inputs: data; indices I64 [.., n], which name the first n
 * axes; updates [.., slice].
 */
public record ScatterNd(Reduction reduction) implements OnnxOp {
  @Override
  public String type() {
    return "ScatterND";
  }

  @Override
  public Map<String, Object> attributes() {
    return Map.of("reduction", reduction.onnxName());
  }

  @Override
  public List<ValueType> infer(List<ValueType> inputs) {
    ValueType data = Infer.plain(this, inputs, 0);
    ValueType indices = Infer.integer(this, inputs, 1);
    ValueType updates = Infer.plain(this, inputs, 2);
    Infer.check(
        this,
        updates.dtype() == data.dtype()
            && indices.rank() > 0
            && indices.dim(-1) instanceof Dim.Fixed(long n)
            && n <= data.rank()
            && updates.rank() == indices.rank() - 1 + data.rank() - n,
        "%s by %s, %s",
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
    int n = Math.toIntExact(indices.shape().rowLength());
    int tuples = Broadcast.product(indices.shape(), 0, indices.shape().rank() - 1);
    int slice = Broadcast.product(data.shape(), n, data.shape().rank());
    if (updates.shape().elements() != (long) tuples * slice) {
      throw new GraphException("updates %s for %s".formatted(updates.shape(), indices.shape()));
    }
    long[] strides = Broadcast.strides(data.shape());
    double[] y = data.values().clone();
    for (int t = 0; t < tuples; t++) {
      long at = 0;
      for (int i = 0; i < n; i++) {
        at +=
            strides[i]
                * GatherElements.index(this, indices.values()[t * n + i], data.shape().dim(i));
      }
      for (int i = 0; i < slice; i++) {
        int to = (int) at + i;
        y[to] = reduction.apply(data.dtype(), y[to], updates.values()[t * slice + i]);
      }
    }
    return List.of(new Array(data.dtype(), data.shape(), y));
  }
}
