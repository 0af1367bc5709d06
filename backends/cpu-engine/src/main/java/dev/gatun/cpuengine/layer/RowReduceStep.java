package dev.gatun.cpuengine.layer;

import dev.gatun.cpuengine.kernel.RowReductionKernel;
import dev.gatun.cpuengine.step.Frame;
import dev.gatun.cpuengine.step.RowStep;
import dev.gatun.cpuengine.step.StepInfo;
import dev.gatun.engine.memory.Operand;
import dev.gatun.engine.size.Extent;
import dev.gatun.graph.op.Reduce;

/**
 * Reduces whole rows of single precision: the last axes, such as the pixels of a channel: sum,
 * mean, maximum or minimum.
 */
public record RowReduceStep(
    StepInfo info,
    RowReductionKernel kernel,
    Reduce.Function function,
    Operand x,
    Operand y,
    Extent rows,
    Extent columns)
    implements RowStep {
  @Override
  public void run(Frame frame, int from, int to, int worker) {
    kernel.reduce(
        function,
        x.segment(frame),
        x.at(frame),
        y.segment(frame),
        y.at(frame),
        columns.of(frame),
        from,
        to);
  }
}
