package dev.gatun.cpuengine.step;

import dev.gatun.engine.batch.BatchIndex;
import dev.gatun.engine.batch.SplitIndex;
import dev.gatun.engine.memory.Operand;
import dev.gatun.engine.size.Extent;
import dev.gatun.engine.size.SizeBound;
import dev.gatun.graph.op.Attention;

/**
 * Attention of the queries of a batch; a unit is a block of queries of one sequence and one
 * key-value head with all its query heads, or, over a cache, a split of it.
 *
 * @param partial where results of splits go; null when nothing is split
 * @param worker working slot of an {@link AttentionWorker}
 * @param batch index in {@link Frame#batch}
 */
public record AttendStep(
    StepInfo info,
    Attention op,
    Operand q,
    Operand y,
    Operand partial,
    AttentionScratch scratch,
    int worker,
    int batch,
    Extent rows)
    implements Step {
  @Override
  public int units(Frame frame) {
    if (rows.of(frame) == 0) {
      return 0;
    }
    BatchIndex index = frame.batch(batch);
    return (partial == null ? index.blocks() : index.splits().units()) * op.spec().kvHeads();
  }

  @Override
  public long scratchBytes(SizeBound bound) {
    int queries = Math.min(BatchIndex.BLOCK, Math.max(1, bound.of(rows)));
    return scratch.bytes(queries * (op.heads() / op.spec().kvHeads()));
  }

  /** Working memory for a number of queries, in bytes. */
  @FunctionalInterface
  public interface AttentionScratch {
    long bytes(int queries);
  }

  @Override
  public void run(Frame frame, int from, int to, int who) {
    var attention = (AttentionWorker) frame.working(worker, who);
    BatchIndex index = frame.batch(batch);
    SplitIndex splits = index.splits();
    int kvHeads = op.spec().kvHeads();
    attention.begin(frame, index, this, who);
    for (int unit = from; unit < to; unit++) {
      // Later blocks see more keys: they go first.
      if (partial == null) {
        attention.attend(index.blocks() - 1 - unit / kvHeads, unit % kvHeads);
      } else {
        int one = splits.units() - 1 - unit / kvHeads;
        attention.attend(splits.block(one), unit % kvHeads, splits.split(one));
      }
    }
  }
}
