package dev.gatun.graph.op;

import dev.gatun.tensor.Shape;

/** Index arithmetic of row-major arrays. */
final class Broadcast {
  private Broadcast() {}

  static Shape shape(Shape a, Shape b) {
    int rank = Math.max(a.rank(), b.rank());
    long[] dims = new long[rank];
    for (int i = 1; i <= rank; i++) {
      long x = i > a.rank() ? 1 : a.dim(-i);
      long y = i > b.rank() ? 1 : b.dim(-i);
      dims[rank - i] = x == 1 ? y : x;
    }
    return Shape.of(dims);
  }

  /** Elements from one index to the next along each axis. */
  static long[] strides(Shape shape) {
    long[] strides = new long[shape.rank()];
    long stride = 1;
    for (int axis = strides.length - 1; axis >= 0; axis--) {
      strides[axis] = stride;
      stride *= shape.dim(axis);
    }
    return strides;
  }

  /** Strides with which {@code shape} is read as {@code target}: 0 along repeated axes. */
  static long[] strides(Shape shape, Shape target) {
    long[] own = strides(shape);
    long[] strides = new long[target.rank()];
    int missing = target.rank() - shape.rank();
    for (int axis = missing; axis < strides.length; axis++) {
      strides[axis] = shape.dim(axis - missing) == 1 ? 0 : own[axis - missing];
    }
    return strides;
  }

  /** For each element of {@code target} in order, its index under {@code strides}. */
  static int[] offsets(Shape target, long[] strides) {
    int[] offsets = new int[Math.toIntExact(target.elements())];
    long[] index = new long[target.rank()];
    long at = 0;
    for (int i = 0; i < offsets.length; i++) {
      offsets[i] = (int) at;
      for (int axis = index.length - 1; axis >= 0; axis--) {
        at += strides[axis];
        if (++index[axis] < target.dim(axis)) {
          break;
        }
        at -= strides[axis] * index[axis];
        index[axis] = 0;
      }
    }
    return offsets;
  }

  /** Moves an index to the next element in order. */
  static void next(long[] index, Shape shape) {
    for (int axis = index.length - 1; axis >= 0; axis--) {
      if (++index[axis] < shape.dim(axis)) {
        return;
      }
      index[axis] = 0;
    }
  }

  /** Product of the extents of axes {@code [from, to)}. */
  static int product(Shape shape, int from, int to) {
    long product = 1;
    for (int axis = from; axis < to; axis++) {
      product = Math.multiplyExact(product, shape.dim(axis));
    }
    return Math.toIntExact(product);
  }
}
