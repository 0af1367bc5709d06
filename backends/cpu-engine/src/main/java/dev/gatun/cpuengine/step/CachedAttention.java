package dev.gatun.cpuengine.step;

import dev.gatun.cpuengine.kernel.AttentionKernels;
import dev.gatun.cpuengine.kernel.ElementwiseKernels;
import dev.gatun.engine.state.CacheLayout.StateLayout;
import dev.gatun.graph.op.Attention;
import java.lang.foreign.MemorySegment;

/** Attention over the pages of the cache; key i is position i of the sequence. */
public final class CachedAttention extends AttentionWorker {
  private final StateLayout layout;

  public CachedAttention(
      AttentionKernels kernels, ElementwiseKernels elementwise, Attention op, StateLayout layout) {
    super(kernels, elementwise, op, false);
    this.layout = layout;
    block.dtype = layout.spec().dtype();
  }

  @Override
  int firstKey(int row) {
    int window = spec.window();
    return window == 0 ? 0 : Math.max(0, index.position(row) - window + 1);
  }

  @Override
  int endKey(int row) {
    return index.position(row) + 1;
  }

  @Override
  void walk(int fromTile, int toTile) {
    kernels.attend(block, this, fromTile, toTile);
  }

  @Override
  public MemorySegment page(int tile) {
    return frame.page(index.sequence(span), tile);
  }

  @Override
  public long keysAt(int tile) {
    return layout.keys(kvHead);
  }

  @Override
  public long valuesAt(int tile) {
    return layout.values(kvHead);
  }
}
