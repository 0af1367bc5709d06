package dev.gatun.vector.op;

import dev.gatun.cpuengine.kernel.NormalizationKernels;
import dev.gatun.vector.simd.Lanes;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;

/** Normalizations with two vectors of partial sums. */
final class VectorNormalization implements NormalizationKernels {
  @Override
  public void rms(
      MemorySegment x,
      long xOffset,
      MemorySegment scale,
      long scaleOffset,
      MemorySegment y,
      long yOffset,
      int columns,
      double epsilon,
      int fromRow,
      int toRow) {
    for (int row = fromRow; row < toRow; row++) {
      long from = xOffset + 4L * row * columns;
      long to = yOffset + 4L * row * columns;
      double mean = squares(x, from, columns, 0) / columns;
      float factor = (float) (1 / Math.sqrt(mean + epsilon));
      scale(x, from, scale, scaleOffset, factor, y, to, columns);
    }
  }

  /** Sum of the squares of {@code x - shift}. */
  private static double squares(MemorySegment x, long at, int count, float shift) {
    FloatVector sum0 = FloatVector.zero(Lanes.F32);
    FloatVector sum1 = FloatVector.zero(Lanes.F32);
    int i = 0;
    for (; i <= count - 2 * Lanes.COUNT; i += 2 * Lanes.COUNT) {
      FloatVector a = FloatVector.fromMemorySegment(Lanes.F32, x, at + 4L * i, Lanes.LE).sub(shift);
      FloatVector b =
          FloatVector.fromMemorySegment(Lanes.F32, x, at + 4L * i + Lanes.BYTES, Lanes.LE)
              .sub(shift);
      sum0 = a.fma(a, sum0);
      sum1 = b.fma(b, sum1);
    }
    double sum = Sums.across(sum0.add(sum1));
    for (; i < count; i++) {
      float value = x.get(ValueLayout.JAVA_FLOAT_UNALIGNED, at + 4L * i) - shift;
      sum += value * value;
    }
    return sum;
  }

  private static void scale(
      MemorySegment x,
      long from,
      MemorySegment scale,
      long scaleAt,
      float factor,
      MemorySegment y,
      long to,
      int count) {
    int i = 0;
    for (; i <= count - Lanes.COUNT; i += Lanes.COUNT) {
      FloatVector value = FloatVector.fromMemorySegment(Lanes.F32, x, from + 4L * i, Lanes.LE);
      FloatVector weight =
          FloatVector.fromMemorySegment(Lanes.F32, scale, scaleAt + 4L * i, Lanes.LE);
      value.mul(factor).mul(weight).intoMemorySegment(y, to + 4L * i, Lanes.LE);
    }
    for (; i < count; i++) {
      float value = x.get(ValueLayout.JAVA_FLOAT_UNALIGNED, from + 4L * i) * factor;
      float weight = scale.get(ValueLayout.JAVA_FLOAT_UNALIGNED, scaleAt + 4L * i);
      y.set(ValueLayout.JAVA_FLOAT_UNALIGNED, to + 4L * i, value * weight);
    }
  }

  @Override
  public void layer(
      MemorySegment x,
      long xOffset,
      MemorySegment scale,
      long scaleOffset,
      MemorySegment bias,
      long biasOffset,
      MemorySegment y,
      long yOffset,
      int columns,
      double epsilon,
      int fromRow,
      int toRow) {
    for (int row = fromRow; row < toRow; row++) {
      long from = xOffset + 4L * row * columns;
      long to = yOffset + 4L * row * columns;
      float mean = (float) (sum(x, from, columns) / columns);
      double variance = squares(x, from, columns, mean) / columns;
      float factor = (float) (1 / Math.sqrt(variance + epsilon));
      shift(x, from, mean, y, to, columns);
      scale(y, to, scale, scaleOffset, factor, y, to, columns);
      if (bias != null) {
        add(bias, biasOffset, y, to, columns);
      }
    }
  }

  private static double sum(MemorySegment x, long at, int count) {
    FloatVector sums = FloatVector.zero(Lanes.F32);
    int i = 0;
    for (; i <= count - Lanes.COUNT; i += Lanes.COUNT) {
      sums = sums.add(FloatVector.fromMemorySegment(Lanes.F32, x, at + 4L * i, Lanes.LE));
    }
    double sum = Sums.across(sums);
    for (; i < count; i++) {
      sum += x.get(ValueLayout.JAVA_FLOAT_UNALIGNED, at + 4L * i);
    }
    return sum;
  }

  private static void shift(
      MemorySegment x, long from, float mean, MemorySegment y, long to, int count) {
    int i = 0;
    for (; i <= count - Lanes.COUNT; i += Lanes.COUNT) {
      FloatVector.fromMemorySegment(Lanes.F32, x, from + 4L * i, Lanes.LE)
          .sub(mean)
          .intoMemorySegment(y, to + 4L * i, Lanes.LE);
    }
    for (; i < count; i++) {
      float value = x.get(ValueLayout.JAVA_FLOAT_UNALIGNED, from + 4L * i) - mean;
      y.set(ValueLayout.JAVA_FLOAT_UNALIGNED, to + 4L * i, value);
    }
  }

  private static void add(MemorySegment x, long from, MemorySegment y, long to, int count) {
    int i = 0;
    for (; i <= count - Lanes.COUNT; i += Lanes.COUNT) {
      FloatVector.fromMemorySegment(Lanes.F32, y, to + 4L * i, Lanes.LE)
          .add(FloatVector.fromMemorySegment(Lanes.F32, x, from + 4L * i, Lanes.LE))
          .intoMemorySegment(y, to + 4L * i, Lanes.LE);
    }
    for (; i < count; i++) {
      float value = y.get(ValueLayout.JAVA_FLOAT_UNALIGNED, to + 4L * i);
      value += x.get(ValueLayout.JAVA_FLOAT_UNALIGNED, from + 4L * i);
      y.set(ValueLayout.JAVA_FLOAT_UNALIGNED, to + 4L * i, value);
    }
  }
}
