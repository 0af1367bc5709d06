package dev.gatun.cpuengine.step;

import dev.gatun.cpuengine.kernel.ElementwiseKernels;
import dev.gatun.engine.memory.Operand;
import dev.gatun.engine.size.Extent;
import dev.gatun.graph.op.Binary;

/**
 * An elementwise function of two F32 values whose rows are as long as the output's, and repeat
 * along the other dimensions: a row for each position, added to those of every sequence.
 *
 * @param aRows which row of a belongs to a row of the output
 * @param bRows which row of b does
 */
public record RowBroadcastStep(
    StepInfo info,
    ElementwiseKernels kernels,
    Binary.Function function,
    Operand a,
    Repeats aRows,
    Operand b,
    Repeats bRows,
    Operand y,
    Extent rows,
    int columns)
    implements RowStep {
  @Override
  public void run(Frame frame, int from, int to, int worker) {
    for (int row = from; row < to; row++) {
      kernels.binary(
          function,
          a.segment(frame),
          a.at(frame) + 4 * aRows.source(frame, row) * columns,
          b.segment(frame),
          b.at(frame) + 4 * bRows.source(frame, row) * columns,
          y.segment(frame),
          y.at(frame) + 4L * row * columns,
          columns);
    }
  }
}
