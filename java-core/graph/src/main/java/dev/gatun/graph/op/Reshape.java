package dev.gatun.graph.op;

import dev.gatun.graph.Cost;
import dev.gatun.graph.Dim;
import dev.gatun.graph.GraphException;
import dev.gatun.graph.ValueType;
import dev.gatun.tensor.Shape;
import java.util.List;

/**
 * The same elements under other dimensions (ONNX Reshape with a known target).
 *
 * @param dims the output's dimensions
 */
public record Reshape(List<Dim> dims) implements Op {
  public Reshape {
    dims = List.copyOf(dims);
  }

  @Override
  public String type() {
    return "Reshape";
  }

  @Override
  public List<ValueType> infer(List<ValueType> inputs) {
    ValueType x = Infer.required(this, inputs, 0);
    ValueType y = new ValueType(x.dtype(), dims);
    // Symbols are known by their bounds only, so sizes are compared at the largest.
    Infer.check(this, x.maxElements() == y.maxElements(), "%s does not fit %s", x, dims);
    Infer.check(
        this,
        !x.dtype().isBlocked() || (y.rank() > 0 && x.rank() > 0 && y.dim(-1).equals(x.dim(-1))),
        "blocked rows must stay rows: %s",
        x);
    return List.of(y);
  }

  /** Nothing moves. */
  @Override
  public Cost cost(List<TypedShape> inputs, List<TypedShape> outputs) {
    return Cost.NONE;
  }

  @Override
  public List<Array> reference(ReferenceCall call) {
    Shape shape = Shape.of(dims.stream().mapToLong(call::size).toArray());
    if (shape.elements() != call.input(0).shape().elements()) {
      throw new GraphException("%s does not fit %s".formatted(call.input(0).shape(), shape));
    }
    return List.of(call.input(0).reshape(shape));
  }
}
