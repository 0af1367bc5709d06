package dev.gatun.graph.op;

import dev.gatun.graph.Dim;
import dev.gatun.graph.GraphException;
import dev.gatun.graph.ValueType;
import dev.gatun.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Numbers from a start in equal steps. Inputs: start, limit (left out), delta: scalars of one
 * dtype.
 *
 * @param count how many there are
 */
public record Range(Dim count) implements OnnxOp, SizedByNumbers {
  @Override
  public String type() {
    return "Range";
  }

  @Override
  public Map<String, Object> attributes() {
    return Map.of();
  }

  @Override
  public List<ValueType> infer(List<ValueType> inputs) {
    ValueType start = Infer.plain(this, inputs, 0);
    for (int i = 0; i < 3; i++) {
      ValueType x = Infer.plain(this, inputs, i);
      Infer.check(
          this, x.dtype() == start.dtype() && x.maxElements() == 1, "%s beside %s", x, start);
    }
    return List.of(ValueType.of(start.dtype(), count));
  }

  /**
   * How many numbers there are.
   *
   * @throws GraphException when the step is 0
   */
  public static long count(double start, double limit, double delta) {
    if (delta == 0 || Double.isNaN(start + limit + delta)) {
      throw new GraphException("Range: from %s to %s by %s".formatted(start, limit, delta));
    }
    return (long) Math.max(0, Math.ceil((limit - start) / delta));
  }

  @Override
  public Set<Integer> deciding() {
    return Set.of(0, 1, 2);
  }

  @Override
  public List<Shape> shapes(Sizing sizing) {
    double start = sizing.number(0).scalar();
    double limit = sizing.number(1).scalar();
    return List.of(Parameters.shape(this, count(start, limit, sizing.number(2).scalar())));
  }

  @Override
  public List<Array> reference(ReferenceCall call) {
    double start = call.input(0).scalar();
    double delta = call.input(2).scalar();
    Shape shape = shapes(Sizing.of(call)).getFirst();
    double[] y = new double[(int) shape.elements()];
    Arrays.setAll(y, i -> start + i * delta);
    return List.of(new Array(call.input(0).dtype(), shape, y));
  }
}
