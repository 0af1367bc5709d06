package dev.gatun.cpuengine.step;

import dev.gatun.cpuengine.kernel.DenseMatMulKernel;
import dev.gatun.engine.memory.Operand;
import dev.gatun.engine.size.Extent;

/**
 * A product of two computed values, batch by batch; a unit is a row of the output.
 *
 * @param rows batches times rows of A
 * @param m rows of A in one batch
 * @param aBatches how batches of A cover those of the output
 * @param bBatches how batches of B do
 */
public record DenseMatMulStep(
    StepInfo info,
    DenseMatMulKernel kernel,
    boolean transposeB,
    Operand a,
    Operand b,
    Operand y,
    Extent rows,
    Extent m,
    Extent n,
    Extent k,
    Repeats aBatches,
    Repeats bBatches)
    implements RowStep {
  @Override
  public void run(Frame frame, int from, int to, int worker) {
    int perBatch = m.of(frame);
    long inner = k.of(frame);
    long columns = n.of(frame);
    int row = from;
    while (row < to) {
      int batch = row / perBatch;
      int first = row - batch * perBatch;
      int last = Math.min(perBatch, first + (to - row));
      kernel.multiply(
          a.segment(frame),
          a.at(frame) + 4 * aBatches.source(frame, batch) * perBatch * inner,
          b.segment(frame),
          b.at(frame) + 4 * bBatches.source(frame, batch) * columns * inner,
          transposeB,
          (int) columns,
          (int) inner,
          y.segment(frame),
          y.at(frame) + 4L * batch * perBatch * columns,
          first,
          last);
      row += last - first;
    }
  }
}
