package dev.gatun.cpuengine.layer;

import dev.gatun.cpuengine.step.Extent;
import dev.gatun.cpuengine.step.Frame;
import dev.gatun.cpuengine.step.Operand;
import dev.gatun.cpuengine.step.RowStep;
import dev.gatun.cpuengine.step.StepInfo;
import dev.gatun.graph.op.Reduce;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Reduces whole rows of single precision: the last axes, such as the pixels of a channel: sum,
 * mean, maximum or minimum.
 */
public record RowReduceStep(
    StepInfo info, Reduce.Function function, Operand x, Operand y, Extent rows, Extent columns)
    implements RowStep {
  private static final ValueLayout.OfFloat F32 = ValueLayout.JAVA_FLOAT_UNALIGNED;

  @Override
  public void run(Frame frame, int from, int to, int worker) {
    int count = columns.of(frame);
    for (int row = from; row < to; row++) {
      MemorySegment source = x.segment(frame);
      long at = x.at(frame) + 4L * row * count;
      double value =
          switch (function) {
            case SUM -> sum(source, at, count);
            case MEAN -> sum(source, at, count) / count;
            default -> extreme(source, at, count, function == Reduce.Function.MAX);
          };
      y.segment(frame).set(F32, y.at(frame) + 4L * row, (float) value);
    }
  }

  private static float extreme(MemorySegment x, long at, int count, boolean largest) {
    float value = largest ? Float.NEGATIVE_INFINITY : Float.POSITIVE_INFINITY;
    for (int i = 0; i < count; i++) {
      float each = x.get(F32, at + 4L * i);
      value = largest ? Math.max(value, each) : Math.min(value, each);
    }
    return value;
  }

  /** Four sums, so that additions need not wait for each other. */
  private static double sum(MemorySegment x, long at, int count) {
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    int i = 0;
    for (; i <= count - 4; i += 4) {
      a += x.get(F32, at + 4L * i);
      b += x.get(F32, at + 4L * i + 4);
      c += x.get(F32, at + 4L * i + 8);
      d += x.get(F32, at + 4L * i + 12);
    }
    for (; i < count; i++) {
      a += x.get(F32, at + 4L * i);
    }
    return a + b + (c + d);
  }
}
