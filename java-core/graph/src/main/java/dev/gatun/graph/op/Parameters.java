package dev.gatun.graph.op;

import dev.gatun.graph.GraphException;
import dev.gatun.tensor.Shape;
import java.util.Arrays;

/** Inputs that ONNX ops read as numbers: shapes, axes, sizes. */
final class Parameters {
  private Parameters() {}

  static long[] longs(Array array) {
    return Arrays.stream(array.values()).mapToLong(x -> (long) x).toArray();
  }

  static int[] ints(Array array) {
    return Arrays.stream(array.values()).mapToInt(x -> Math.toIntExact((long) x)).toArray();
  }

  /** A shape whose elements a Java array can hold. */
  static Shape shape(Op op, long... dims) {
    for (long dim : dims) {
      if (dim < 0) {
        throw new GraphException("%s: shape %s".formatted(op.type(), Arrays.toString(dims)));
      }
    }
    try {
      Shape shape = Shape.of(dims);
      if (shape.elements() <= Integer.MAX_VALUE - 8) {
        return shape;
      }
    } catch (ArithmeticException e) {
      // Said below.
    }
    throw new GraphException("%s: %s is too large".formatted(op.type(), Arrays.toString(dims)));
  }

  /** Axes from 0, of ones that may count from the end; all without an input. */
  static int[] axes(Op op, Array axes, int rank) {
    if (axes == null) {
      int[] all = new int[rank];
      Arrays.setAll(all, i -> i);
      return all;
    }
    return Arrays.stream(longs(axes)).mapToInt(axis -> Lines.axis(op, axis, rank)).toArray();
  }
}
