package dev.gatun.cpuengine.scalar;

import dev.gatun.cpuengine.kernel.RowReductionKernel;
import dev.gatun.graph.op.Reduce;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Reductions of rows; sums in double precision. */
final class ScalarRowReduction implements RowReductionKernel {
  private static final ValueLayout.OfFloat F32 = ValueLayout.JAVA_FLOAT_UNALIGNED;

  @Override
  public void reduce(
      Reduce.Function function,
      MemorySegment x,
      long xOffset,
      MemorySegment y,
      long yOffset,
      int columns,
      int fromRow,
      int toRow) {
    for (int row = fromRow; row < toRow; row++) {
      long at = xOffset + 4L * row * columns;
      double value =
          switch (function) {
            case SUM -> sum(x, at, columns);
            case MEAN -> sum(x, at, columns) / columns;
            default -> extreme(x, at, columns, function == Reduce.Function.MAX);
          };
      y.set(F32, yOffset + 4L * row, (float) value);
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
