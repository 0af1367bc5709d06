package dev.gatun.cpuengine.step;

import dev.gatun.cpuengine.state.BatchIndex;
import dev.gatun.graph.op.Attention;

/**
 * Attention of the queries of a batch; a unit is a block of queries of one sequence and one
 * key-value head with all its query heads.
 *
 * @param worker working slot of an {@link AttentionWorker}
 * @param batch index in {@link Frame#batch}
 */
public record AttendStep(
    StepInfo info, Attention op, Operand q, Operand y, int worker, int batch, Extent rows)
    implements Step {
  @Override
  public int units(Frame frame) {
    return rows.of(frame) == 0 ? 0 : frame.batch(batch).blocks() * op.spec().kvHeads();
  }

  @Override
  public long scratchBytes(SizeBound bound) {
    int queries = Math.min(BatchIndex.BLOCK, Math.max(1, bound.of(rows)));
    return AttentionWorker.scratchBytes(op, queries * (op.heads() / op.spec().kvHeads()));
  }

  @Override
  public void run(Frame frame, int from, int to, int who) {
    var attention = (AttentionWorker) frame.working(worker, who);
    BatchIndex index = frame.batch(batch);
    int kvHeads = op.spec().kvHeads();
    attention.begin(frame, index, q, y, frame.scratchAt(who));
    for (int unit = from; unit < to; unit++) {
      // Later blocks see more keys: they go first.
      attention.attend(index.blocks() - 1 - unit / kvHeads, unit % kvHeads);
    }
  }
}
