package dev.gatun.graph.op;

import dev.gatun.graph.Dim;
import dev.gatun.graph.ValueType;
import dev.gatun.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Rows with one element that is different. Inputs: indices of any plain dtype, those outside
 * [-depth, depth) choose none; depth, one number; values [2], of which the first is everywhere
 * else.
 *
 * @param axis the new axis, from 0
 * @param depth its extent
 */
public record OneHot(int axis, Dim depth) implements OnnxOp, SizedByNumbers {
  @Override
  public String type() {
    return "OneHot";
  }

  @Override
  public Map<String, Object> attributes() {
    return Map.of("axis", (long) axis);
  }

  @Override
  public List<ValueType> infer(List<ValueType> inputs) {
    ValueType indices = Infer.plain(this, inputs, 0);
    Infer.plain(this, inputs, 1);
    ValueType values = Infer.plain(this, inputs, 2);
    Infer.check(
        this,
        values.maxElements() == 2 && axis >= 0 && axis <= indices.rank(),
        "axis %s of %s, values %s",
        axis,
        indices,
        values);
    List<Dim> dims = new ArrayList<>(indices.dims());
    dims.add(axis, depth);
    return List.of(new ValueType(values.dtype(), dims));
  }

  @Override
  public Set<Integer> deciding() {
    return Set.of(1);
  }

  @Override
  public List<Shape> shapes(Sizing sizing) {
    Shape indices = sizing.shape(0);
    long[] dims = new long[indices.rank() + 1];
    for (int d = 0; d < dims.length; d++) {
      dims[d] = d == axis ? (long) sizing.number(1).scalar() : indices.dim(d < axis ? d : d - 1);
    }
    return List.of(Parameters.shape(this, dims));
  }

  @Override
  public List<Array> reference(ReferenceCall call) {
    Array indices = call.input(0);
    double[] values = call.input(2).values();
    Shape shape = shapes(Sizing.of(call)).getFirst();
    int n = Math.toIntExact(shape.dim(axis));
    Lines lines = Lines.of(shape, axis);
    double[] y = new double[(int) shape.elements()];
    Arrays.fill(y, values[0]);
    for (int i = 0; i < indices.values().length; i++) {
      double index = indices.values()[i];
      if (index >= -n && index < n) {
        int j = (int) (index < 0 ? index + n : index);
        y[lines.at(i / lines.inner(), j, i % lines.inner())] = values[1];
      }
    }
    return List.of(new Array(call.input(2).dtype(), shape, y));
  }
}
