package dev.gatun.graph;

import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
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
    var dims = new Dim[shape.rank()];
    for (int i = 0; i < dims.length; i++) {
      dims[i] = Dim.of(shape.dim(i));
    }
    return of(dtype, dims);
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
    var sizes = new long[dims.size()];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = dims.get(i).resolve(bindings);
    }
    return Shape.of(sizes);
  }

  /**
   * The largest number of elements that the bounds allow; {@link Long#MAX_VALUE} when it is larger,
   * as it may be where sizes depend on data.
   */
  public long maxElements() {
    long count = 1;
    for (Dim dim : dims) {
      long max = dim.max();
      if (max == 0) {
        return 0;
      }
      count = count > Long.MAX_VALUE / max ? Long.MAX_VALUE : count * max;
    }
    return count;
  }

  /** Whether a size is known only when a node has run. */
  public boolean dataDependent() {
    return dims.stream().anyMatch(Dim::dataDependent);
  }

  @Override
  public String toString() {
    return dtype + dims.toString();
  }
}
