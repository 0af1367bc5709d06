package dev.gatun.vector.op;

import dev.gatun.cpuengine.kernel.SoftmaxKernel;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** Softmax in three passes over a row. */
final class VectorSoftmax implements SoftmaxKernel {
  @Override
  public void softmax(
      MemorySegment x,
      long xOffset,
      MemorySegment y,
      long yOffset,
      int columns,
      int fromRow,
      int toRow) {
    for (int row = fromRow; row < toRow; row++) {
      long from = xOffset + 4L * row * columns;
      long to = yOffset + 4L * row * columns;
      float max = max(x, from, columns);
      double sum = exponentials(x, from, max, y, to, columns);
      scale(y, to, (float) (1 / sum), columns);
    }
  }

  private static float max(MemorySegment x, long at, int count) {
    FloatVector largest = Width.fill(Float.NEGATIVE_INFINITY);
    int i = 0;
    for (; i <= count - Width.LANES; i += Width.LANES) {
      largest = largest.max(FloatVector.fromMemorySegment(Width.F32, x, at + 4L * i, Width.LE));
    }
    float max = largest.reduceLanes(VectorOperators.MAX);
    for (; i < count; i++) {
      max = Math.max(max, x.get(ValueLayout.JAVA_FLOAT_UNALIGNED, at + 4L * i));
    }
    return max;
  }

  private static double exponentials(
      MemorySegment x, long from, float max, MemorySegment y, long to, int count) {
    FloatVector sums = FloatVector.zero(Width.F32);
    int i = 0;
    for (; i <= count - Width.LANES; i += Width.LANES) {
      FloatVector value = FloatVector.fromMemorySegment(Width.F32, x, from + 4L * i, Width.LE);
      FloatVector weight = Exp.exp(value.sub(max));
      sums = sums.add(weight);
      weight.intoMemorySegment(y, to + 4L * i, Width.LE);
    }
    double sum = Sums.across(sums);
    for (; i < count; i++) {
      float value = x.get(ValueLayout.JAVA_FLOAT_UNALIGNED, from + 4L * i);
      float weight = Exp.exp(value - max);
      sum += weight;
      y.set(ValueLayout.JAVA_FLOAT_UNALIGNED, to + 4L * i, weight);
    }
    return sum;
  }

  private static void scale(MemorySegment y, long at, float factor, int count) {
    int i = 0;
    for (; i <= count - Width.LANES; i += Width.LANES) {
      FloatVector.fromMemorySegment(Width.F32, y, at + 4L * i, Width.LE)
          .mul(factor)
          .intoMemorySegment(y, at + 4L * i, Width.LE);
    }
    for (; i < count; i++) {
      float value = y.get(ValueLayout.JAVA_FLOAT_UNALIGNED, at + 4L * i) * factor;
      y.set(ValueLayout.JAVA_FLOAT_UNALIGNED, at + 4L * i, value);
    }
  }
}
