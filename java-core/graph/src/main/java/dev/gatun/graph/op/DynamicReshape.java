package dev.gatun.graph.op;

import dev.gatun.graph.Cost;
import dev.gatun.graph.Dim;
import dev.gatun.graph.GraphException;
import dev.gatun.graph.ValueType;
import dev.gatun.tensor.Shape;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The same elements under dimensions that are computed (ONNX Reshape; {@link Reshape} has known
 * ones). Inputs: x of any plain dtype; shape I64 [rank], where -1 is what remains.
 *
 * @param allowZero whether 0 means no elements; else the extent of x at the same place
 * @param dims the output's
 */
public record DynamicReshape(boolean allowZero, List<Dim> dims) implements OnnxOp, SizedByNumbers {
  public DynamicReshape {
    dims = List.copyOf(dims);
  }

  @Override
  public String type() {
    return "Reshape";
  }

  @Override
  public Map<String, Object> attributes() {
    return Map.of("allowzero", allowZero ? 1L : 0L);
  }

  @Override
  public List<ValueType> infer(List<ValueType> inputs) {
    ValueType x = Infer.plain(this, inputs, 0);
    Infer.integer(this, inputs, 1);
    return List.of(new ValueType(x.dtype(), dims));
  }

  /** Nothing moves. */
  @Override
  public Cost cost(List<TypedShape> inputs, List<TypedShape> outputs) {
    return Cost.NONE;
  }

  @Override
  public Set<Integer> deciding() {
    return Set.of(1);
  }

  @Override
  public List<Shape> shapes(Sizing sizing) {
    Shape x = sizing.shape(0);
    long[] target = Parameters.longs(sizing.number(1));
    int open = -1;
    long product = 1;
    for (int i = 0; i < target.length; i++) {
      if (target[i] == -1 && open < 0) {
        open = i;
        continue;
      }
      if (target[i] == 0 && !allowZero && i < x.rank()) {
        target[i] = x.dim(i);
      }
      product = Math.multiplyExact(product, target[i]);
    }
    if (open >= 0) {
      target[open] = product == 0 ? 0 : x.elements() / product;
    }
    Shape shape = Parameters.shape(this, target);
    if (shape.elements() != x.elements()) {
      throw new GraphException("%s does not become %s".formatted(x, shape));
    }
    return List.of(shape);
  }

  @Override
  public List<Array> reference(ReferenceCall call) {
    return List.of(call.input(0).reshape(shapes(Sizing.of(call)).getFirst()));
  }
}
