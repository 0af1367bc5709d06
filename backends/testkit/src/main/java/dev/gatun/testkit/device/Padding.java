package dev.gatun.testkit.device;

import dev.gatun.graph.Bindings;
import dev.gatun.graph.Value;
import dev.gatun.graph.op.Array;
import dev.gatun.runtime.spi.Batch;
import dev.gatun.tensor.Shape;
import java.util.Arrays;

/** Grows arrays to a profile's sizes and cuts them back. */
final class Padding {
  /** The sequence of padded tokens: no real token sees it. */
  static final int SEQUENCE = -1;

  private Padding() {}

  /**
   * The input at the larger sizes. Floating-point padding is NaN, so that padding that gets into a
   * result shows.
   */
  static Array pad(Value input, Array array, Bindings sizes) {
    Shape target = sizes.shape(input.type());
    if (target.equals(array.shape())) {
      return array;
    }
    double filler = 0;
    if (array.dtype().isFloat()) {
      filler = Double.NaN;
    } else if (input.name().equals(Batch.SEQUENCES)) {
      filler = SEQUENCE;
    }
    double[] padded = new double[Math.toIntExact(target.elements())];
    Arrays.fill(padded, filler);
    copy(array.values(), array.shape(), padded, target, array.shape());
    return new Array(array.dtype(), target, padded);
  }

  /** The first part of an array along each axis. */
  static Array crop(Array array, Shape target) {
    if (target.equals(array.shape())) {
      return array;
    }
    double[] cropped = new double[Math.toIntExact(target.elements())];
    copy(array.values(), array.shape(), cropped, target, target);
    return new Array(array.dtype(), target, cropped);
  }

  private static void copy(
      double[] from, Shape fromShape, double[] to, Shape toShape, Shape common) {
    if (common.elements() == 0) {
      return;
    }
    int row = Math.toIntExact(common.rowLength());
    long rows = common.elements() / row;
    long[] index = new long[common.rank()];
    for (long r = 0; r < rows; r++) {
      System.arraycopy(from, offset(fromShape, index), to, offset(toShape, index), row);
      for (int axis = index.length - 2; axis >= 0; axis--) {
        if (++index[axis] < common.dim(axis)) {
          break;
        }
        index[axis] = 0;
      }
    }
  }

  private static int offset(Shape shape, long[] index) {
    long offset = 0;
    for (int axis = 0; axis < index.length; axis++) {
      offset = offset * shape.dim(axis) + index[axis];
    }
    return Math.toIntExact(offset);
  }
}
