package dev.gatun.graph.op;

import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;

/**
 * A dense array of doubles, row major: a value during reference execution. Integers are exact up to
 * 2^53; booleans are 0 and 1.
 */
public final class Array {
  private final DType dtype;
  private final Shape shape;
  private final double[] values;

  /**
   * @param dtype type that the values are said to have
   * @param values as many as the shape has elements; not copied
   */
  public Array(DType dtype, Shape shape, double... values) {
    if (values.length != shape.elements()) {
      throw new IllegalArgumentException(values.length + " values for " + shape);
    }
    this.dtype = dtype;
    this.shape = shape;
    this.values = values;
  }

  public DType dtype() {
    return dtype;
  }

  public Shape shape() {
    return shape;
  }

  /** The values themselves, not a copy. */
  public double[] values() {
    return values;
  }
}
