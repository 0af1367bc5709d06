package dev.gatun.cpuengine.step;

import dev.gatun.engine.memory.Operand;
import dev.gatun.engine.size.Extent;
import dev.gatun.tensor.DType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Converts elements.
 *
 * @param rows number of elements
 */
public record CastStep(StepInfo info, Operand x, DType from, Operand y, DType to, Extent rows)
    implements RowStep {
  @Override
  public void run(Frame frame, int first, int end, int worker) {
    if (to == DType.F32 && toFloats(frame, first, end)) {
      return;
    }
    for (int i = first; i < end; i++) {
      double value = Elements.get(from, x.segment(frame), x.at(frame), i);
      Elements.set(to, y.segment(frame), y.at(frame), i, value);
    }
  }

  /** The conversions that models have in their inner parts; false for others. */
  private boolean toFloats(Frame frame, int first, int end) {
    MemorySegment source = x.segment(frame);
    MemorySegment target = y.segment(frame);
    long at = x.at(frame);
    long place = y.at(frame);
    switch (from) {
      case BOOL -> {
        for (int i = first; i < end; i++) {
          float value = source.get(ValueLayout.JAVA_BYTE, at + i) == 0 ? 0f : 1f;
          target.set(ValueLayout.JAVA_FLOAT_UNALIGNED, place + 4L * i, value);
        }
      }
      case I32 -> {
        for (int i = first; i < end; i++) {
          float value = (float) source.get(ValueLayout.JAVA_INT_UNALIGNED, at + 4L * i);
          target.set(ValueLayout.JAVA_FLOAT_UNALIGNED, place + 4L * i, value);
        }
      }
      case I64 -> {
        for (int i = first; i < end; i++) {
          float value = (float) source.get(ValueLayout.JAVA_LONG_UNALIGNED, at + 8L * i);
          target.set(ValueLayout.JAVA_FLOAT_UNALIGNED, place + 4L * i, value);
        }
      }
      default -> {
        return false;
      }
    }
    return true;
  }
}
