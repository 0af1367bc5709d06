package dev.gatun.tensor;

import java.util.Arrays;

/**
 * The extents of a tensor, outermost first (NumPy's order; GGUF files store the reverse). A scalar
 * has rank 0. Immutable.
 */
public final class Shape {
  private final long[] dims;
  private final long elements;

  private Shape(long[] dims) {
    long count = 1;
    for (long dim : dims) {
      if (dim < 0) {
        throw new IllegalArgumentException("negative extent in " + Arrays.toString(dims));
      }
      count = Math.multiplyExact(count, dim);
    }
    this.dims = dims;
    this.elements = count;
  }

  /**
   * The shape with these extents.
   *
   * @throws IllegalArgumentException when an extent is negative
   * @throws ArithmeticException when the number of elements does not fit a long
   */
  public static Shape of(long... dims) {
    return new Shape(dims.clone());
  }

  /** Number of dimensions. */
  public int rank() {
    return dims.length;
  }

  /** Extent of dimension {@code axis}; a negative axis counts from the end. */
  public long dim(int axis) {
    return dims[axis < 0 ? dims.length + axis : axis];
  }

  /** Product of the extents; 1 for a scalar. */
  public long elements() {
    return elements;
  }

  /** Length of a row: the innermost extent; 1 for a scalar. */
  public long rowLength() {
    return dims.length == 0 ? 1 : dims[dims.length - 1];
  }

  /** A copy of the extents. */
  public long[] toArray() {
    return dims.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Shape that && Arrays.equals(dims, that.dims);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(dims);
  }

  @Override
  public String toString() {
    return Arrays.toString(dims);
  }
}
