package dev.gatun.cpuengine.step;

import dev.gatun.cpuengine.kernel.MatMulKernel;
import dev.gatun.engine.memory.Operand;
import dev.gatun.engine.size.Extent;

/** Brings rows of X into the form that the products over it want. */
public record PrepareStep(
    StepInfo info, MatMulKernel kernel, Operand x, Operand prepared, Extent rows, int k)
    implements RowStep {
  @Override
  public void run(Frame frame, int from, int to, int worker) {
    int m = rows.of(frame);
    if (kernel.preparedBytes(m, k) > 0) {
      kernel.prepare(
          x.segment(frame),
          x.at(frame),
          m,
          k,
          prepared.segment(frame),
          prepared.at(frame),
          from,
          to);
    }
  }
}
