package dev.gatun.graph.op;

import dev.gatun.graph.Dim;
import dev.gatun.graph.ValueType;
import dev.gatun.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Picks slices by tuples of indices. Inputs: data; indices I64 [.., n], which name the first n axes
 * after the batch ones.
 *
 * @param batchDims leading axes that data and indices share
 */
public record GatherNd(int batchDims) implements OnnxOp {
  @Override
  public String type() {
    return "GatherND";
  }

  @Override
  public Map<String, Object> attributes() {
    return Map.of("batch_dims", (long) batchDims);
  }

  @Override
  public List<ValueType> infer(List<ValueType> inputs) {
    ValueType data = Infer.plain(this, inputs, 0);
    ValueType indices = Infer.integer(this, inputs, 1);
    Infer.check(
        this,
        indices.rank() > batchDims
            && indices.dim(-1) instanceof Dim.Fixed(long n)
            && batchDims + n <= data.rank(),
        "%s cannot be picked by %s",
        data,
        indices);
    List<Dim> dims = new ArrayList<>(indices.dims().subList(0, indices.rank() - 1));
    dims.addAll(data.dims().subList(batchDims + (int) indices.dim(-1).max(), data.rank()));
    return List.of(new ValueType(data.dtype(), dims));
  }

  @Override
  public List<Array> reference(ReferenceCall call) {
    Array data = call.input(0);
    Array indices = call.input(1);
    int n = Math.toIntExact(indices.shape().rowLength());
    int tuples = Broadcast.product(indices.shape(), 0, indices.shape().rank() - 1);
    int batches = Broadcast.product(indices.shape(), 0, batchDims);
    int perBatch = Broadcast.product(data.shape(), batchDims, data.shape().rank());
    int slice = Broadcast.product(data.shape(), batchDims + n, data.shape().rank());
    long[] strides = Broadcast.strides(data.shape());
    double[] y = new double[Math.multiplyExact(tuples, slice)];
    for (int t = 0; t < tuples; t++) {
      long at = (long) perBatch * (t / Math.max(1, tuples / Math.max(1, batches)));
      for (int i = 0; i < n; i++) {
        int axis = batchDims + i;
        at +=
            strides[axis]
                * GatherElements.index(this, indices.values()[t * n + i], data.shape().dim(axis));
      }
      System.arraycopy(data.values(), (int) at, y, t * slice, slice);
    }
    long[] lead = Arrays.copyOf(indices.shape().toArray(), indices.shape().rank() - 1);
    long[] rest = Arrays.copyOfRange(data.shape().toArray(), batchDims + n, data.shape().rank());
    long[] dims = Arrays.copyOf(lead, lead.length + rest.length);
    System.arraycopy(rest, 0, dims, lead.length, rest.length);
    return List.of(new Array(data.dtype(), Shape.of(dims), y));
  }
}
