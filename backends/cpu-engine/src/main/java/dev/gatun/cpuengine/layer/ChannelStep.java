package dev.gatun.cpuengine.layer;

import dev.gatun.cpuengine.kernel.ElementwiseKernels;
import dev.gatun.cpuengine.step.Frame;
import dev.gatun.cpuengine.step.Repeats;
import dev.gatun.cpuengine.step.RowStep;
import dev.gatun.cpuengine.step.StepInfo;
import dev.gatun.engine.memory.Operand;
import dev.gatun.engine.size.Extent;
import dev.gatun.graph.op.Binary;
import java.lang.foreign.ValueLayout;

/**
 * A function of each element and one number per row, such as a factor per channel of [N, C, ..].
 *
 * @param xRows which row of x belongs to a row of the result
 * @param repeats which number belongs to a row
 * @param reversed whether the number comes first
 */
public record ChannelStep(
    StepInfo info,
    ElementwiseKernels kernels,
    Binary.Function function,
    Operand x,
    Repeats xRows,
    Operand numbers,
    Repeats repeats,
    boolean reversed,
    Operand y,
    Extent rows,
    Extent columns)
    implements RowStep {
  @Override
  public void run(Frame frame, int from, int to, int worker) {
    int count = columns.of(frame);
    boolean same = xRows.isIdentity();
    for (int row = from; row < to; row++) {
      long at = numbers.at(frame) + 4 * repeats.source(frame, row);
      float number = numbers.segment(frame).get(ValueLayout.JAVA_FLOAT_UNALIGNED, at);
      long source = same ? row : xRows.source(frame, row);
      kernels.binaryScalar(
          function,
          x.segment(frame),
          x.at(frame) + 4L * source * count,
          number,
          reversed,
          y.segment(frame),
          y.at(frame) + 4L * row * count,
          count);
    }
  }
}
