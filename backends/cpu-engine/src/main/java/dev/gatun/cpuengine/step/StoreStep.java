package dev.gatun.cpuengine.step;

import dev.gatun.cpuengine.kernel.AttentionKernels;
import dev.gatun.engine.batch.BatchIndex;
import dev.gatun.engine.memory.Operand;
import dev.gatun.engine.size.Extent;
import dev.gatun.engine.state.CacheLayout.StateLayout;
import dev.gatun.graph.StateSpec;
import java.lang.foreign.MemorySegment;

/**
 * Stores keys and values of the batch in the cache.
 *
 * @param v null when the value is a view of the key
 * @param batch index in {@link Frame#batch}
 */
public record StoreStep(
    StepInfo info,
    AttentionKernels kernels,
    StateLayout layout,
    Operand k,
    Operand v,
    int batch,
    Extent rows)
    implements RowStep {
  @Override
  public void run(Frame frame, int from, int to, int worker) {
    StateSpec spec = layout.spec();
    BatchIndex index = frame.batch(batch);
    for (int row = from; row < to; row++) {
      int sequence = index.sequence(index.spanOf(row));
      int position = index.position(row);
      MemorySegment page = frame.page(sequence, position / AttentionKernels.TILE);
      int slot = position % AttentionKernels.TILE;
      for (int head = 0; head < spec.kvHeads(); head++) {
        long vector = (long) row * spec.kvHeads() + head;
        kernels.storeKey(
            spec.dtype(),
            k.segment(frame),
            k.at(frame) + 4 * vector * spec.keyDim(),
            spec.keyDim(),
            page,
            layout.keys(head),
            slot);
        if (v != null) {
          kernels.storeValue(
              spec.dtype(),
              v.segment(frame),
              v.at(frame) + 4 * vector * spec.valueDim(),
              spec.valueDim(),
              page,
              layout.values(head),
              slot);
        }
      }
    }
  }
}
