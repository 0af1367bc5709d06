package dev.gatun.graph.op;

import dev.gatun.graph.Cost;
import dev.gatun.graph.Dim;
import dev.gatun.graph.GraphException;
import dev.gatun.graph.ValueType;
import dev.gatun.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Adds or drops axes of extent 1 that are computed (ONNX Unsqueeze and Squeeze; with known axes
 * they are a {@link Reshape}). Inputs: x; axes I64 [n].
 *
 * @param add Unsqueeze; else Squeeze
 * @param dims the output's
 */
public record ChangeRank(boolean add, List<Dim> dims) implements OnnxOp, SizedByNumbers {
  public ChangeRank {
    dims = List.copyOf(dims);
  }

  @Override
  public String type() {
    return add ? "Unsqueeze" : "Squeeze";
  }

  @Override
  public Map<String, Object> attributes() {
    return Map.of();
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
    int rank = x.rank();
    long[] axes = Parameters.longs(sizing.number(1));
    int whole = add ? rank + axes.length : rank;
    boolean[] chosen = new boolean[whole];
    for (long axis : axes) {
      chosen[Lines.axis(this, axis, whole)] = true;
    }
    List<Long> dims = new ArrayList<>();
    int from = 0;
    for (int i = 0; i < whole; i++) {
      if (add) {
        dims.add(chosen[i] || from >= rank ? 1 : x.dim(from++));
      } else if (!chosen[i]) {
        dims.add(x.dim(i));
      }
    }
    Shape shape = Shape.of(dims.stream().mapToLong(Long::longValue).toArray());
    if (shape.elements() != x.elements()) {
      throw new GraphException("axes %s of %s".formatted(Arrays.toString(axes), x));
    }
    return List.of(shape);
  }

  @Override
  public List<Array> reference(ReferenceCall call) {
    return List.of(call.input(0).reshape(shapes(Sizing.of(call)).getFirst()));
  }
}
