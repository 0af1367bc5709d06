package dev.gatun.cpuengine.layer;

import dev.gatun.cpuengine.kernel.ElementwiseKernels;
import dev.gatun.cpuengine.step.Frame;
import dev.gatun.cpuengine.step.Step;
import dev.gatun.cpuengine.step.StepInfo;
import dev.gatun.engine.memory.Operand;
import dev.gatun.engine.size.Extent;
import dev.gatun.graph.op.Binary;
import dev.gatun.graph.op.Reduce;
import java.lang.foreign.MemorySegment;

/**
 * Reduces axes that others follow, in single precision: sums rows of [outer, reduced, inner]. A
 * unit is an index of the axes before.
 */
public record AxisReduceStep(
    StepInfo info,
    ElementwiseKernels kernels,
    Reduce.Function function,
    Operand x,
    Operand y,
    Extent outer,
    Extent reduced,
    Extent inner)
    implements Step {
  @Override
  public int units(Frame frame) {
    return outer.of(frame);
  }

  @Override
  public void run(Frame frame, int from, int to, int worker) {
    int rows = reduced.of(frame);
    int count = inner.of(frame);
    MemorySegment target = y.segment(frame);
    Binary.Function combine =
        switch (function) {
          case MAX -> Binary.Function.MAX;
          case MIN -> Binary.Function.MIN;
          default -> Binary.Function.ADD;
        };
    for (int unit = from; unit < to; unit++) {
      long xAt = x.at(frame) + 4L * unit * rows * count;
      long yAt = y.at(frame) + 4L * unit * count;
      MemorySegment.copy(x.segment(frame), xAt, target, yAt, 4L * count);
      for (int row = 1; row < rows; row++) {
        long each = xAt + 4L * row * count;
        kernels.binary(combine, target, yAt, x.segment(frame), each, target, yAt, count);
      }
      if (function == Reduce.Function.MEAN) {
        kernels.binaryScalar(
            Binary.Function.MUL, target, yAt, 1f / rows, false, target, yAt, count);
      }
    }
  }
}
