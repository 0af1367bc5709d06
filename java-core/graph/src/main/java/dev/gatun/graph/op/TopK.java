package dev.gatun.graph.op;

import dev.gatun.graph.Dim;
import dev.gatun.graph.GraphException;
import dev.gatun.graph.ValueType;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The largest or smallest elements along an axis. Inputs: x; k, one I64. Outputs: values, and their
 * indices as I64; of equal elements the one with the lower index comes first.
 *
 * @param axis from 0
 * @param sorted whether the results are in order; they always are
 * @param count extent of the axis in the results
 */
public record TopK(int axis, boolean largest, boolean sorted, Dim count)
    implements OnnxOp, SizedByNumbers {
  @Override
  public String type() {
    return "TopK";
  }

  @Override
  public Map<String, Object> attributes() {
    return Map.of("axis", (long) axis, "largest", largest ? 1L : 0L, "sorted", sorted ? 1L : 0L);
  }

  @Override
  public List<ValueType> infer(List<ValueType> inputs) {
    ValueType x = Infer.plain(this, inputs, 0);
    Infer.integer(this, inputs, 1);
    Infer.check(this, axis >= 0 && axis < x.rank(), "axis %s outside %s", axis, x);
    List<Dim> dims = new ArrayList<>(x.dims());
    dims.set(axis, count);
    return List.of(new ValueType(x.dtype(), dims), new ValueType(DType.I64, dims));
  }

  @Override
  public Set<Integer> deciding() {
    return Set.of(1);
  }

  @Override
  public List<Shape> shapes(Sizing sizing) {
    long[] dims = sizing.shape(0).toArray();
    long k = (long) sizing.number(1).scalar();
    if (k < 0 || k > dims[axis]) {
      throw new GraphException("k is %d of %s".formatted(k, sizing.shape(0)));
    }
    dims[axis] = k;
    return List.of(Shape.of(dims), Shape.of(dims));
  }

  @Override
  public List<Array> reference(ReferenceCall call) {
    Array x = call.input(0);
    Lines lines = Lines.of(x.shape(), axis);
    Shape shape = shapes(Sizing.of(call)).getFirst();
    int k = Math.toIntExact(shape.dim(axis));
    Lines picked = new Lines(lines.outer(), k, lines.inner());
    double[] values = new double[lines.outer() * k * lines.inner()];
    double[] indices = new double[values.length];
    for (int o = 0; o < lines.outer(); o++) {
      for (int i = 0; i < lines.inner(); i++) {
        int outer = o;
        int inner = i;
        Comparator<Integer> order =
            Comparator.comparingDouble(j -> x.values()[lines.at(outer, j, inner)]);
        List<Integer> sortedIndices =
            IntStream.range(0, lines.count())
                .boxed()
                .sorted(largest ? order.reversed() : order)
                .toList();
        for (int j = 0; j < k; j++) {
          indices[picked.at(o, j, i)] = sortedIndices.get(j);
          values[picked.at(o, j, i)] = x.values()[lines.at(o, sortedIndices.get(j), i)];
        }
      }
    }
    return List.of(new Array(x.dtype(), shape, values), new Array(DType.I64, shape, indices));
  }
}
