package dev.gatun.cpuengine.step;

import dev.gatun.cpuengine.kernel.ElementwiseKernels;
import dev.gatun.engine.batch.BatchIndex;
import dev.gatun.engine.batch.SplitIndex;
import dev.gatun.engine.memory.Operand;
import dev.gatun.engine.size.Extent;
import dev.gatun.graph.op.Attention;

/**
 * Puts the results of the splits of {@link AttendStep} together; a unit is a row and one key-value
 * head with its query heads. Without splits there are none.
 *
 * @param batch index in {@link Frame#batch}
 */
public record CombineStep(
    StepInfo info,
    ElementwiseKernels elementwise,
    Attention op,
    Operand partial,
    Operand y,
    int batch,
    Extent rows)
    implements Step {
  @Override
  public int units(Frame frame) {
    int kvHeads = op.spec().kvHeads();
    return rows.of(frame) == 0 ? 0 : frame.batch(batch).splits().rows() * kvHeads;
  }

  @Override
  public void run(Frame frame, int from, int to, int worker) {
    BatchIndex index = frame.batch(batch);
    SplitIndex splits = index.splits();
    int kvHeads = op.spec().kvHeads();
    int group = op.heads() / kvHeads;
    for (int unit = from; unit < to; unit++) {
      int numbered = unit / kvHeads;
      int kvHead = unit % kvHeads;
      int block = splits.blockOf(numbered);
      int row = index.row(index.blockStart(block) + numbered - splits.firstRow(block));
      long vector = (long) row * op.heads() + (long) kvHead * group;
      PartialSums.combine(
          elementwise,
          op,
          partial.segment(frame),
          partial.at(frame) + PartialSums.at(op, numbered, 0, 0),
          splits.splits(block),
          kvHead,
          y.segment(frame),
          y.at(frame) + 4 * vector * op.spec().effectiveValueDim());
    }
  }
}
