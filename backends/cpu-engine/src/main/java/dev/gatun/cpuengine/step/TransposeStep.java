package dev.gatun.cpuengine.step;

import dev.gatun.engine.memory.Operand;
import dev.gatun.engine.size.Extent;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * Permutes axes; a unit is a row of the output.
 *
 * @param dims of the input
 * @param permutation output axis i is input axis {@code permutation.get(i)}
 * @param elementBytes 1, 2, 4 or 8
 */
public record TransposeStep(
    StepInfo info,
    int elementBytes,
    Operand x,
    List<Extent> dims,
    List<Integer> permutation,
    Operand y,
    Extent rows)
    implements RowStep {
  @Override
  public void run(Frame frame, int from, int to, int worker) {
    int last = permutation.getLast();
    int columns = dims.get(last).of(frame);
    long step = stride(frame, last) * elementBytes;
    MemorySegment source = x.segment(frame);
    MemorySegment target = y.segment(frame);
    for (int row = from; row < to; row++) {
      long at = x.at(frame) + elementBytes * start(frame, row);
      long into = y.at(frame) + (long) row * columns * elementBytes;
      if (step == elementBytes) {
        MemorySegment.copy(source, at, target, into, (long) columns * elementBytes);
        continue;
      }
      if (elementBytes == 4) {
        for (int i = 0; i < columns; i++) {
          int element = source.get(ValueLayout.JAVA_INT_UNALIGNED, at + i * step);
          target.set(ValueLayout.JAVA_INT_UNALIGNED, into + 4L * i, element);
        }
        continue;
      }
      for (int i = 0; i < columns; i++) {
        MemorySegment.copy(
            source, at + i * step, target, into + (long) i * elementBytes, elementBytes);
      }
    }
  }

  private long start(Frame frame, int row) {
    long left = row;
    long index = 0;
    for (int d = permutation.size() - 2; d >= 0; d--) {
      int axis = permutation.get(d);
      int size = dims.get(axis).of(frame);
      index += left % size * stride(frame, axis);
      left /= size;
    }
    return index;
  }

  private long stride(Frame frame, int axis) {
    long stride = 1;
    for (int d = axis + 1; d < dims.size(); d++) {
      stride *= dims.get(d).of(frame);
    }
    return stride;
  }
}
