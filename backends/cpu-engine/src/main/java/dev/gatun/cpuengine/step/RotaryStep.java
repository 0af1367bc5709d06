package dev.gatun.cpuengine.step;

import dev.gatun.cpuengine.kernel.RotaryKernel;
import dev.gatun.engine.memory.Operand;
import dev.gatun.engine.size.Extent;
import dev.gatun.graph.op.RotaryEmbedding;

/**
 * Rotary embedding by a table of angles.
 *
 * @param table what {@link RotaryTableStep} wrote
 */
public record RotaryStep(
    StepInfo info,
    RotaryKernel kernel,
    RotaryEmbedding op,
    Operand x,
    Operand table,
    Operand y,
    Extent rows)
    implements RowStep {
  @Override
  public void run(Frame frame, int from, int to, int worker) {
    long cosine = table.at(frame);
    long sine = cosine + 4L * rows.of(frame) * (op.rotaryDim() / 2);
    kernel.rotate(
        x.segment(frame),
        x.at(frame),
        table.segment(frame),
        cosine,
        sine,
        y.segment(frame),
        y.at(frame),
        op.heads(),
        op.headDim(),
        op.offset(),
        op.rotaryDim(),
        op.interleaved(),
        from,
        to);
  }
}
