package dev.gatun.cpuengine.step;

import dev.gatun.engine.memory.Operand;
import dev.gatun.engine.size.Extent;
import dev.gatun.tensor.DType;
import java.lang.foreign.MemorySegment;

/**
 * Softmax over an axis that is not the last; a unit is one set of elements that sum to 1.
 *
 * @param extent of the axis
 * @param inner elements from one index of the axis to the next
 */
public record AxisSoftmaxStep(
    StepInfo info, Operand x, Operand y, Extent extent, Extent inner, Extent rows)
    implements RowStep {
  @Override
  public void run(Frame frame, int from, int to, int worker) {
    int size = extent.of(frame);
    int stride = inner.of(frame);
    MemorySegment source = x.segment(frame);
    MemorySegment target = y.segment(frame);
    for (int row = from; row < to; row++) {
      long start = (long) row / stride * stride * size + row % stride;
      double max = Double.NEGATIVE_INFINITY;
      for (int i = 0; i < size; i++) {
        max = Math.max(max, read(source, x.at(frame), start + (long) i * stride));
      }
      double sum = 0;
      for (int i = 0; i < size; i++) {
        sum += Math.exp(read(source, x.at(frame), start + (long) i * stride) - max);
      }
      for (int i = 0; i < size; i++) {
        long index = start + (long) i * stride;
        double weight = Math.exp(read(source, x.at(frame), index) - max) / sum;
        Elements.set(DType.F32, target, y.at(frame), index, weight);
      }
    }
  }

  private static double read(MemorySegment x, long at, long index) {
    return Elements.get(DType.F32, x, at, index);
  }
}
