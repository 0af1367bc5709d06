package dev.gatun.cpuengine.step;

import dev.gatun.cpuengine.kernel.SoftmaxKernel;
import dev.gatun.engine.memory.Operand;
import dev.gatun.engine.size.Extent;

/** Softmax over the last axis. */
public record SoftmaxStep(
    StepInfo info, SoftmaxKernel kernel, Operand x, Operand y, Extent rows, int columns)
    implements RowStep {
  @Override
  public void run(Frame frame, int from, int to, int worker) {
    kernel.softmax(x.segment(frame), x.at(frame), y.segment(frame), y.at(frame), columns, from, to);
  }
}
