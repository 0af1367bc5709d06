package dev.gatun.graph.op;

import dev.gatun.graph.Dim;
import dev.gatun.graph.GraphException;
import dev.gatun.graph.ValueType;
import dev.gatun.tensor.Shape;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Repeats a value along its axes. Inputs: x of any plain dtype; repeats I64 [rank].
 *
 * @param dims the output's
 */
public record Tile(List<Dim> dims) implements OnnxOp, SizedByNumbers {
  public Tile {
    dims = List.copyOf(dims);
  }

  @Override
  public String type() {
    return "Tile";
  }

  @Override
  public Map<String, Object> attributes() {
    return Map.of();
  }

  @Override
  public List<ValueType> infer(List<ValueType> inputs) {
    ValueType x = Infer.plain(this, inputs, 0);
    Infer.integer(this, inputs, 1);
    Infer.check(this, x.rank() == dims.size(), "%s does not become %s", x, dims);
    return List.of(new ValueType(x.dtype(), dims));
  }

  @Override
  public Set<Integer> deciding() {
    return Set.of(1);
  }

  @Override
  public List<Shape> shapes(Sizing sizing) {
    Shape x = sizing.shape(0);
    long[] repeats = Parameters.longs(sizing.number(1));
    if (repeats.length != x.rank()) {
      throw new GraphException("%d repeats of %s".formatted(repeats.length, x));
    }
    long[] dims = new long[x.rank()];
    for (int d = 0; d < dims.length; d++) {
      dims[d] = Math.multiplyExact(x.dim(d), repeats[d]);
    }
    return List.of(Parameters.shape(this, dims));
  }

  @Override
  public List<Array> reference(ReferenceCall call) {
    Array x = call.input(0);
    int rank = x.shape().rank();
    long[] own = Broadcast.strides(x.shape());
    Shape shape = shapes(Sizing.of(call)).getFirst();
    double[] y = new double[(int) shape.elements()];
    long[] index = new long[rank];
    for (int i = 0; i < y.length; i++) {
      long at = 0;
      for (int d = 0; d < rank; d++) {
        at += own[d] * (index[d] % x.shape().dim(d));
      }
      y[i] = x.values()[(int) at];
      Broadcast.next(index, shape);
    }
    return List.of(new Array(x.dtype(), shape, y));
  }
}
