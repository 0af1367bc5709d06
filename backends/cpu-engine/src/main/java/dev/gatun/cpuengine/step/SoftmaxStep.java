package dev.gatun.cpuengine.step;

import dev.gatun.cpuengine.kernel.SoftmaxKernel;

/** Softmax over the last axis. */
public record SoftmaxStep(
    StepInfo info, SoftmaxKernel kernel, Operand x, Operand y, Extent rows, int columns)
    implements RowStep {
  @Override
  public void run(Frame frame, int from, int to, int worker) {
    kernel.softmax(x.segment(frame), x.at(frame), y.segment(frame), y.at(frame), columns, from, to);
  }
}
