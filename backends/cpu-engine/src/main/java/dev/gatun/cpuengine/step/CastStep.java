package dev.gatun.cpuengine.step;

import dev.gatun.tensor.DType;

/**
 * Converts elements.
 *
 * @param rows number of elements
 */
public record CastStep(StepInfo info, Operand x, DType from, Operand y, DType to, Extent rows)
    implements RowStep {
  @Override
  public void run(Frame frame, int first, int end, int worker) {
    for (int i = first; i < end; i++) {
      double value = Elements.get(from, x.segment(frame), x.at(frame), i);
      Elements.set(to, y.segment(frame), y.at(frame), i, value);
    }
  }
}
