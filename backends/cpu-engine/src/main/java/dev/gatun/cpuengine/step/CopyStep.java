package dev.gatun.cpuengine.step;

import dev.gatun.engine.memory.Operand;
import dev.gatun.engine.size.Extent;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Copies a run of elements per row: a slice, or one part of a concatenation.
 *
 * @param run elements copied per row
 * @param xStride elements from one row of x to the next
 * @param xShift units of {@code shiftUnit} elements before the run in a row of x
 * @param yStride elements from one row of y to the next
 * @param yShift elements before the run in a row of y: the sum of these extents
 */
public record CopyStep(
    StepInfo info,
    int elementBytes,
    Operand x,
    Extent xStride,
    long xShift,
    Extent shiftUnit,
    Operand y,
    Extent yStride,
    List<Extent> yShift,
    Extent run,
    Extent rows)
    implements RowStep {
  @Override
  public void run(Frame frame, int from, int to, int worker) {
    long shift = 0;
    for (int i = 0; i < yShift.size(); i++) {
      shift += yShift.get(i).of(frame);
    }
    long bytes = (long) elementBytes * run.of(frame);
    long skipped = xShift * shiftUnit.of(frame);
    long xRow = xStride.of(frame);
    long yRow = yStride.of(frame);
    for (int row = from; row < to; row++) {
      MemorySegment.copy(
          x.segment(frame),
          x.at(frame) + elementBytes * (row * xRow + skipped),
          y.segment(frame),
          y.at(frame) + elementBytes * (row * yRow + shift),
          bytes);
    }
  }
}
