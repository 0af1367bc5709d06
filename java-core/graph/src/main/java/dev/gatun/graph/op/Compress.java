package dev.gatun.graph.op;

import dev.gatun.graph.Dim;
import dev.gatun.graph.ValueType;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * Elements, or slices along an axis, for which a condition holds. Inputs: x; condition BOOL [n], n
 * at most their number.
 *
 * @param axis from 0; empty for elements
 * @param count how many there are
 */
public record Compress(OptionalInt axis, Dim count) implements OnnxOp {
  @Override
  public String type() {
    return "Compress";
  }

  @Override
  public Map<String, Object> attributes() {
    return axis.isPresent() ? Map.of("axis", (long) axis.getAsInt()) : Map.of();
  }

  @Override
  public List<ValueType> infer(List<ValueType> inputs) {
    ValueType x = Infer.plain(this, inputs, 0);
    ValueType condition = Infer.required(this, inputs, 1);
    Infer.check(this, condition.dtype() == DType.BOOL && condition.rank() == 1, "by %s", condition);
    if (axis.isEmpty()) {
      return List.of(ValueType.of(x.dtype(), count));
    }
    int along = axis.getAsInt();
    Infer.check(this, along >= 0 && along < x.rank(), "axis %s outside %s", along, x);
    List<Dim> dims = new ArrayList<>(x.dims());
    dims.set(along, count);
    return List.of(new ValueType(x.dtype(), dims));
  }

  @Override
  public List<Array> reference(ReferenceCall call) {
    Array x = call.input(0);
    double[] condition = call.input(1).values();
    Lines lines =
        axis.isPresent()
            ? Lines.of(x.shape(), axis.getAsInt())
            : new Lines(1, x.values().length, 1);
    int[] picked =
        IntStream.range(0, Math.min(condition.length, lines.count()))
            .filter(j -> condition[j] != 0)
            .toArray();
    Lines result = new Lines(lines.outer(), picked.length, lines.inner());
    double[] y = new double[lines.outer() * picked.length * lines.inner()];
    for (int o = 0; o < lines.outer(); o++) {
      for (int j = 0; j < picked.length; j++) {
        System.arraycopy(
            x.values(), lines.at(o, picked[j], 0), y, result.at(o, j, 0), lines.inner());
      }
    }
    long[] dims = axis.isPresent() ? x.shape().toArray() : new long[1];
    dims[axis.orElse(0)] = picked.length;
    return List.of(new Array(x.dtype(), Shape.of(dims), y));
  }
}
