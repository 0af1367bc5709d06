package dev.gatun.vector.op;

import dev.gatun.cpuengine.kernel.SoftmaxKernel;
import dev.gatun.vector.simd.Lanes;
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
    FloatVector largest = Lanes.fill(Float.NEGATIVE_INFINITY);
    int i = 0;
    for (; i <= count - Lanes.COUNT; i += Lanes.COUNT) {
      largest = largest.max(FloatVector.fromMemorySegment(Lanes.F32, x, at + 4L * i, Lanes.LE));
    }
    float max = largest.reduceLanes(VectorOperators.MAX);
    for (; i < count; i++) {
      max = Math.max(max, x.get(ValueLayout.JAVA_FLOAT_UNALIGNED, at + 4L * i));
    }
    return max;
  }

  private static double exponentials(
      MemorySegment x, long from, float max, MemorySegment y, long to, int count) {
    FloatVector sums = FloatVector.zero(Lanes.F32);
    int i = 0;
    for (; i <= count - Lanes.COUNT; i += Lanes.COUNT) {
      FloatVector value = FloatVector.fromMemorySegment(Lanes.F32, x, from + 4L * i, Lanes.LE);
      FloatVector weight = Exp.exp(value.sub(max));
      sums = sums.add(weight);
      weight.intoMemorySegment(y, to + 4L * i, Lanes.LE);
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
    for (; i <= count - Lanes.COUNT; i += Lanes.COUNT) {
      FloatVector.fromMemorySegment(Lanes.F32, y, at + 4L * i, Lanes.LE)
          .mul(factor)
          .intoMemorySegment(y, at + 4L * i, Lanes.LE);
    }
    for (; i < count; i++) {
      float value = y.get(ValueLayout.JAVA_FLOAT_UNALIGNED, at + 4L * i) * factor;
      y.set(ValueLayout.JAVA_FLOAT_UNALIGNED, at + 4L * i, value);
    }
  }
}
