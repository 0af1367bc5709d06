package dev.gatun.graph.op;

import dev.gatun.graph.Cost;
import dev.gatun.graph.ValueType;
import dev.gatun.tensor.Shape;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Permutes axes: output axis i is input axis {@code permutation.get(i)}.
 *
 * @param permutation a permutation of 0..rank-1
 */
public record Transpose(List<Integer> permutation) implements Op {
  public Transpose {
    permutation = List.copyOf(permutation);
  }

  @Override
  public String type() {
    return "Transpose";
  }

  @Override
  public List<ValueType> infer(List<ValueType> inputs) {
    ValueType x = Infer.required(this, inputs, 0);
    Infer.check(
        this,
        permutation.stream()
            .sorted()
            .toList()
            .equals(IntStream.range(0, x.rank()).boxed().toList()),
        "%s does not permute %s",
        permutation,
        x);
    Infer.check(
        this,
        !x.dtype().isBlocked() || permutation.getLast() == x.rank() - 1,
        "blocked rows must stay rows: %s",
        x);
    return List.of(new ValueType(x.dtype(), permutation.stream().map(x::dim).toList()));
  }

  @Override
  public Cost cost(List<TypedShape> inputs, List<TypedShape> outputs) {
    return Costs.streaming(0, inputs, outputs);
  }

  @Override
  public List<Array> reference(ReferenceCall call) {
    Array x = call.input(0);
    long[] own = Broadcast.strides(x.shape());
    Shape shape = Shape.of(permutation.stream().mapToLong(x.shape()::dim).toArray());
    int[] from =
        Broadcast.offsets(shape, permutation.stream().mapToLong(axis -> own[axis]).toArray());
    double[] y = new double[from.length];
    for (int i = 0; i < y.length; i++) {
      y[i] = x.values()[from[i]];
    }
    return List.of(new Array(x.dtype(), shape, y));
  }
}
