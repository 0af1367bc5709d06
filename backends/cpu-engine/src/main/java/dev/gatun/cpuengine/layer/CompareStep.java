package dev.gatun.cpuengine.layer;

import dev.gatun.cpuengine.step.Frame;
import dev.gatun.cpuengine.step.Repeats;
import dev.gatun.cpuengine.step.RowStep;
import dev.gatun.cpuengine.step.StepInfo;
import dev.gatun.engine.memory.Operand;
import dev.gatun.engine.size.Extent;
import dev.gatun.graph.op.Comparison;
import dev.gatun.tensor.DType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Compares F32, I32 or I64, row by row; a row of a side may be one element.
 *
 * @param aRows which row of a belongs to a row of the result
 * @param aStep elements from one column to the next: 0 where a row is one element
 */
public record CompareStep(
    StepInfo info,
    Comparison.Function function,
    DType dtype,
    Operand a,
    Repeats aRows,
    int aStep,
    Operand b,
    Repeats bRows,
    int bStep,
    Operand y,
    Extent rows,
    Extent columns)
    implements RowStep {
  @Override
  public void run(Frame frame, int from, int to, int worker) {
    int count = columns.of(frame);
    int bytes = dtype.blockBytes();
    for (int row = from; row < to; row++) {
      long left = aRows.source(frame, row) * (aStep == 0 ? 1 : count);
      long right = bRows.source(frame, row) * (bStep == 0 ? 1 : count);
      row(
          a.segment(frame),
          a.at(frame) + bytes * left,
          b.segment(frame),
          b.at(frame) + bytes * right,
          y.segment(frame),
          y.at(frame) + (long) row * count,
          count);
    }
  }

  private void row(
      MemorySegment a, long aAt, MemorySegment b, long bAt, MemorySegment y, long yAt, int count) {
    switch (dtype) {
      case F32 -> {
        for (int i = 0; i < count; i++) {
          float x = a.get(ValueLayout.JAVA_FLOAT_UNALIGNED, aAt + 4L * i * aStep);
          float z = b.get(ValueLayout.JAVA_FLOAT_UNALIGNED, bAt + 4L * i * bStep);
          boolean known = !Float.isNaN(x) && !Float.isNaN(z);
          set(y, yAt + i, known && holds(x < z ? -1 : x > z ? 1 : 0));
        }
      }
      case I32 -> {
        for (int i = 0; i < count; i++) {
          int x = a.get(ValueLayout.JAVA_INT_UNALIGNED, aAt + 4L * i * aStep);
          int z = b.get(ValueLayout.JAVA_INT_UNALIGNED, bAt + 4L * i * bStep);
          set(y, yAt + i, holds(Integer.compare(x, z)));
        }
      }
      default -> {
        for (int i = 0; i < count; i++) {
          long x = a.get(ValueLayout.JAVA_LONG_UNALIGNED, aAt + 8L * i * aStep);
          long z = b.get(ValueLayout.JAVA_LONG_UNALIGNED, bAt + 8L * i * bStep);
          set(y, yAt + i, holds(Long.compare(x, z)));
        }
      }
    }
  }

  private static void set(MemorySegment y, long at, boolean value) {
    y.set(ValueLayout.JAVA_BYTE, at, (byte) (value ? 1 : 0));
  }

  private boolean holds(int order) {
    return switch (function) {
      case EQUAL -> order == 0;
      case GREATER -> order > 0;
      case GREATER_OR_EQUAL -> order >= 0;
      case LESS -> order < 0;
      case LESS_OR_EQUAL -> order <= 0;
    };
  }
}
