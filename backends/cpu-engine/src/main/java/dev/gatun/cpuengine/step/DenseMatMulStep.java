package dev.gatun.cpuengine.step;

import dev.gatun.cpuengine.kernel.DenseMatMulKernel;

/**
 * A product of two computed values, batch by batch; a unit is a row of the output.
 *
 * @param rows batches times rows of A
 * @param m rows of A in one batch
 * @param sharedB whether all batches use the same B
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
    boolean sharedB)
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
          a.at(frame) + 4L * batch * perBatch * inner,
          b.segment(frame),
          b.at(frame) + (sharedB ? 0 : 4L * batch * columns * inner),
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
