package dev.gatun.graph;

import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Element type and dimensions of a value.
 *
 * @param dims outermost first; a scalar has none
 */
public record ValueType(DType dtype, List<Dim> dims) {
  public ValueType {
    dims = List.copyOf(dims);
  }

  public static ValueType of(DType dtype, Dim... dims) {
    return new ValueType(dtype, List.of(dims));
  }

  public static ValueType of(DType dtype, Shape shape) {
    return new ValueType(dtype, Arrays.stream(shape.toArray()).mapToObj(Dim::of).toList());
  }

  public int rank() {
    return dims.size();
  }

  /** Dimension {@code axis}; a negative axis counts from the end. */
  public Dim dim(int axis) {
    return dims.get(axis < 0 ? dims.size() + axis : axis);
  }

  /** The shape under {@code bindings} (symbol name to size). */
  public Shape resolve(Map<String, Long> bindings) {
    return Shape.of(dims.stream().mapToLong(dim -> dim.resolve(bindings)).toArray());
  }

  /** The largest number of elements that the bounds allow. */
  public long maxElements() {
    long count = 1;
    for (Dim dim : dims) {
      count = Math.multiplyExact(count, dim.max());
    }
    return count;
  }

  @Override
  public String toString() {
    return dtype + dims.toString();
  }
}
