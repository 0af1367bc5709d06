package dev.gatun.graph.op;

import dev.gatun.graph.Dim;
import dev.gatun.graph.ValueType;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Indices of elements that are not 0, as I64 [rank, count], in the order of the elements.
 *
 * @param count how many there are
 */
public record NonZero(Dim count) implements OnnxOp {
  @Override
  public String type() {
    return "NonZero";
  }

  @Override
  public Map<String, Object> attributes() {
    return Map.of();
  }

  @Override
  public List<ValueType> infer(List<ValueType> inputs) {
    ValueType x = Infer.plain(this, inputs, 0);
    return List.of(ValueType.of(DType.I64, Dim.of(Math.max(1, x.rank())), count));
  }

  @Override
  public List<Array> reference(ReferenceCall call) {
    Array x = call.input(0);
    int rank = Math.max(1, x.shape().rank());
    int[] found = IntStream.range(0, x.values().length).filter(i -> x.values()[i] != 0).toArray();
    long[] strides = Broadcast.strides(x.shape());
    double[] y = new double[rank * found.length];
    for (int i = 0; i < found.length; i++) {
      long rest = found[i];
      for (int d = 0; d < strides.length; d++) {
        long index = rest / strides[d];
        y[d * found.length + i] = index;
        rest -= index * strides[d];
      }
    }
    return List.of(new Array(DType.I64, Shape.of(rank, found.length), y));
  }
}
