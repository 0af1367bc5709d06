package dev.gatun.graph.op;

import dev.gatun.graph.GraphException;
import dev.gatun.tensor.BlockFormat;
import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import dev.gatun.tensor.Tensor;
import java.lang.foreign.MemorySegment;

/**
 * A dense array of doubles, row major: a value during reference execution. Integers are exact up to
 * 2^53; booleans are 0 and 1. Values of a floating-point dtype are not rounded to it, so that a
 * whole graph is computed in double precision; {@link #store} rounds.
 *
 * <p>An array over a {@link Tensor} decodes on demand: {@link #read} decodes the elements asked
 * for, {@link #values} the whole, once. Not thread-safe.
 */
public final class Array {
  private final DType dtype;
  private final Shape shape;
  private final Tensor source;
  private double[] values;
  private float[] scratch = new float[0];

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
    this.source = null;
    this.values = values;
  }

  private Array(Tensor source) {
    this.dtype = source.dtype();
    this.shape = source.shape();
    this.source = source;
  }

  /** A view of a tensor of any dtype but STRING; usable as long as the tensor is. */
  public static Array of(Tensor tensor) {
    return new Array(tensor);
  }

  /** An F32 array. */
  public static Array ofFloats(Shape shape, double... values) {
    return new Array(DType.F32, shape, values);
  }

  public DType dtype() {
    return dtype;
  }

  public Shape shape() {
    return shape;
  }

  /**
   * The values themselves, not a copy.
   *
   * @throws GraphException when a tensor's elements exceed what a Java array holds
   */
  public double[] values() {
    if (values == null) {
      if (shape.elements() > Integer.MAX_VALUE - 8) {
        throw new GraphException(shape + " is too large to be decoded whole");
      }
      double[] all = new double[(int) shape.elements()];
      decode(0, all, all.length);
      values = all;
    }
    return values;
  }

  /** The first value, of an array with one. */
  public double scalar() {
    if (shape.elements() != 1) {
      throw new GraphException(shape + " is not one value");
    }
    return values()[0];
  }

  /**
   * Copies {@code count} values from element {@code from} to the start of {@code target}; both are
   * whole blocks of the dtype.
   */
  public void read(long from, double[] target, int count) {
    if (values != null) {
      System.arraycopy(values, Math.toIntExact(from), target, 0, count);
    } else {
      decode(from, target, count);
    }
  }

  /** The same values under another shape of as many elements. */
  public Array reshape(Shape other) {
    return source == null || values != null
        ? new Array(dtype, other, values())
        : new Array(source.reshape(other));
  }

  /** Bytes that {@link #store} writes. */
  public long byteSize() {
    return dtype.byteSize(shape.elements());
  }

  /**
   * Writes the values in the storage of the dtype, which must be plain: floating point rounded to
   * nearest even, integers wrapped to their width.
   */
  public void store(MemorySegment target, long offset) {
    Elements.store(dtype, values(), target, offset);
  }

  private void decode(long from, double[] target, int count) {
    long offset = dtype.byteSize(from);
    if (Elements.isExact(dtype)) {
      Elements.load(dtype, source.data(), offset, target, count);
      return;
    }
    if (scratch.length < count) {
      scratch = new float[count];
    }
    BlockFormat.of(dtype).decode(source.data(), offset, scratch, 0, count);
    for (int i = 0; i < count; i++) {
      target[i] = scratch[i];
    }
  }
}
