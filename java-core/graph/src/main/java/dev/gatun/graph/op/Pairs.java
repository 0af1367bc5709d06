package dev.gatun.graph.op;

import dev.gatun.tensor.DType;
import dev.gatun.tensor.Shape;
import java.util.function.DoubleBinaryOperator;

/** A function of pairs of elements of two arrays that broadcast as NumPy does. */
final class Pairs {
  private Pairs() {}

  static Array apply(Array a, Array b, DType dtype, DoubleBinaryOperator function) {
    Shape shape = Broadcast.shape(a.shape(), b.shape());
    int[] aAt = Broadcast.offsets(shape, Broadcast.strides(a.shape(), shape));
    int[] bAt = Broadcast.offsets(shape, Broadcast.strides(b.shape(), shape));
    double[] y = new double[aAt.length];
    for (int i = 0; i < y.length; i++) {
      y[i] = function.applyAsDouble(a.values()[aAt[i]], b.values()[bAt[i]]);
    }
    return new Array(dtype, shape, y);
  }
}
