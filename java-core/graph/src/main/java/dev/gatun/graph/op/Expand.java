package dev.gatun.graph.op;

import dev.gatun.graph.Dim;
import dev.gatun.graph.GraphException;
import dev.gatun.graph.ValueType;
import dev.gatun.tensor.Shape;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Repeats a value along axes until it has a shape, as NumPy broadcasts. Inputs: x of any plain
 * dtype; shape I64 [n], which itself broadcasts with that of x.
 *
 * @param dims the output's
 */
public record Expand(List<Dim> dims) implements OnnxOp, SizedByNumbers {
  public Expand {
    dims = List.copyOf(dims);
  }

  @Override
  public String type() {
    return "Expand";
  }

  @Override
  public Map<String, Object> attributes() {
    return Map.of();
  }

  @Override
  public List<ValueType> infer(List<ValueType> inputs) {
    ValueType x = Infer.plain(this, inputs, 0);
    Infer.integer(this, inputs, 1);
    Infer.check(this, x.rank() <= dims.size(), "%s does not become %s", x, dims);
    return List.of(new ValueType(x.dtype(), dims));
  }

  @Override
  public Set<Integer> deciding() {
    return Set.of(1);
  }

  @Override
  public List<Shape> shapes(Sizing sizing) {
    Shape x = sizing.shape(0);
    Shape wanted = Parameters.shape(this, Parameters.longs(sizing.number(1)));
    Shape shape = Broadcast.shape(x, wanted);
    for (int i = 1; i <= x.rank(); i++) {
      boolean own = x.dim(-i) == 1 || x.dim(-i) == shape.dim(-i);
      boolean other = i > wanted.rank() || wanted.dim(-i) == 1 || wanted.dim(-i) == shape.dim(-i);
      if (!own || !other) {
        throw new GraphException("%s does not become %s".formatted(x, wanted));
      }
    }
    return List.of(Parameters.shape(this, shape.toArray()));
  }

  @Override
  public List<Array> reference(ReferenceCall call) {
    Array x = call.input(0);
    Shape shape = shapes(Sizing.of(call)).getFirst();
    int[] at = Broadcast.offsets(shape, Broadcast.strides(x.shape(), shape));
    double[] y = new double[at.length];
    for (int i = 0; i < y.length; i++) {
      y[i] = x.values()[at[i]];
    }
    return List.of(new Array(x.dtype(), shape, y));
  }
}
