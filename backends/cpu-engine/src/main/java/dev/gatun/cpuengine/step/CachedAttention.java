package dev.gatun.cpuengine.step;

import dev.gatun.cpuengine.kernel.AttentionKernels;
import dev.gatun.cpuengine.kernel.ElementwiseKernels;
import dev.gatun.cpuengine.state.CacheLayout.StateLayout;
import dev.gatun.graph.op.Attention;
import dev.gatun.tensor.DType;
import java.lang.foreign.MemorySegment;

/** Attention over the pages of the cache; key i is position i of the sequence. */
public final class CachedAttention extends AttentionWorker {
  private final StateLayout layout;

  public CachedAttention(
      AttentionKernels kernels, ElementwiseKernels elementwise, Attention op, StateLayout layout) {
    super(kernels, elementwise, op);
    this.layout = layout;
  }

  @Override
  int keyCount(int lastRow) {
    return index.position(lastRow) + 1;
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
  void load(int tile, int keyCount) {
    MemorySegment page = frame.cache().page(index.sequence(span), tile);
    DType dtype = layout.spec().dtype();
    if (dtype == DType.F32) {
      keys = page;
      keysAt = layout.keys(kvHead);
      values = page;
      valuesAt = layout.values(kvHead);
      return;
    }
    keys = scratch;
    keysAt = keyScratch;
    kernels.loadKeys(dtype, page, layout.keys(kvHead), spec.keyDim(), scratch, keyScratch);
    values = scratch;
    valuesAt = valueScratch;
    if (spec.valueDim() > 0) {
      kernels.loadValues(
          dtype, page, layout.values(kvHead), spec.valueDim(), scratch, valueScratch);
    }
  }
}
