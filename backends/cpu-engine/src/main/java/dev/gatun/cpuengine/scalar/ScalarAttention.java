package dev.gatun.cpuengine.scalar;

import dev.gatun.cpuengine.kernel.AttentionKernels;
import dev.gatun.tensor.DType;
import java.lang.foreign.MemorySegment;

/** Attention element by element. */
final class ScalarAttention implements AttentionKernels {
  @Override
  public void storeKey(
      DType dtype,
      MemorySegment key,
      long keyOffset,
      int dim,
      MemorySegment tile,
      long at,
      int slot) {
    CacheTile.store(dtype, key, keyOffset, dim, tile, at, slot, TILE, slot, TILE);
  }

  @Override
  public void storeValue(
      DType dtype,
      MemorySegment value,
      long valueOffset,
      int dim,
      MemorySegment tile,
      long at,
      int slot) {
    int scale = slot * CacheTile.blocks(dim);
    CacheTile.store(dtype, value, valueOffset, dim, tile, at, slot * dim, 1, scale, 1);
  }

  @Override
  public void loadKeys(
      DType dtype, MemorySegment tile, long at, int dim, MemorySegment y, long yOffset) {
    for (int i = 0; i < dim; i++) {
      for (int slot = 0; slot < TILE; slot++) {
        int index = i * TILE + slot;
        int scale = i / CacheTile.BLOCK * TILE + slot;
        Floats.set(y, yOffset, index, CacheTile.load(dtype, tile, at, dim, index, scale));
      }
    }
  }

  @Override
  public void loadValues(
      DType dtype, MemorySegment tile, long at, int dim, MemorySegment y, long yOffset) {
    for (int slot = 0; slot < TILE; slot++) {
      for (int i = 0; i < dim; i++) {
        int index = slot * dim + i;
        int scale = slot * CacheTile.blocks(dim) + i / CacheTile.BLOCK;
        Floats.set(y, yOffset, index, CacheTile.load(dtype, tile, at, dim, index, scale));
      }
    }
  }

  @Override
  public void scores(
      MemorySegment q,
      long qOffset,
      int queries,
      MemorySegment keys,
      long keysOffset,
      int dim,
      MemorySegment s,
      long sOffset) {
    for (int query = 0; query < queries; query++) {
      for (int slot = 0; slot < TILE; slot++) {
        float sum = 0;
        for (int i = 0; i < dim; i++) {
          float factor = Floats.get(q, qOffset, (long) query * dim + i);
          sum += factor * Floats.get(keys, keysOffset, (long) i * TILE + slot);
        }
        Floats.set(s, sOffset, (long) query * TILE + slot, sum);
      }
    }
  }

  @Override
  public void softcap(MemorySegment s, long sOffset, int count, float cap) {
    for (int i = 0; i < count; i++) {
      Floats.set(s, sOffset, i, (float) (cap * Math.tanh(Floats.get(s, sOffset, i) / cap)));
    }
  }

  @Override
  public void weigh(
      MemorySegment s,
      long sOffset,
      int from,
      int to,
      MemorySegment stats,
      long statsOffset,
      MemorySegment sum,
      long sumOffset,
      int dim) {
    float before = Floats.get(stats, statsOffset, 0);
    float max = before;
    for (int i = from; i < to; i++) {
      max = Math.max(max, Floats.get(s, sOffset, i));
    }
    boolean nothing = max == Float.NEGATIVE_INFINITY;
    float total = 0;
    for (int i = 0; i < TILE; i++) {
      boolean seen = i >= from && i < to && !nothing;
      float weight = seen ? (float) Math.exp(Floats.get(s, sOffset, i) - max) : 0;
      total += weight;
      Floats.set(s, sOffset, i, weight);
    }
    if (nothing) {
      return;
    }
    float rescale = (float) Math.exp(before - max);
    if (rescale != 1) {
      for (int i = 0; i < dim; i++) {
        Floats.set(sum, sumOffset, i, Floats.get(sum, sumOffset, i) * rescale);
      }
    }
    Floats.set(stats, statsOffset, 0, max);
    Floats.set(stats, statsOffset, 1, Floats.get(stats, statsOffset, 1) * rescale + total);
  }

  @Override
  public void accumulate(
      MemorySegment weights,
      long weightsOffset,
      int queries,
      MemorySegment values,
      long valuesOffset,
      int dim,
      int from,
      int to,
      MemorySegment sums,
      long sumsOffset) {
    for (int query = 0; query < queries; query++) {
      for (int i = 0; i < dim; i++) {
        long at = (long) query * dim + i;
        float sum = Floats.get(sums, sumsOffset, at);
        for (int slot = from; slot < to; slot++) {
          float weight = Floats.get(weights, weightsOffset, (long) query * TILE + slot);
          sum += weight * Floats.get(values, valuesOffset, (long) slot * dim + i);
        }
        Floats.set(sums, sumsOffset, at, sum);
      }
    }
  }

  @Override
  public void accumulateKeys(
      MemorySegment weights,
      long weightsOffset,
      int queries,
      MemorySegment keys,
      long keysOffset,
      int dim,
      MemorySegment sums,
      long sumsOffset) {
    for (int query = 0; query < queries; query++) {
      for (int i = 0; i < dim; i++) {
        long at = (long) query * dim + i;
        float sum = 0;
        for (int slot = 0; slot < TILE; slot++) {
          float weight = Floats.get(weights, weightsOffset, (long) query * TILE + slot);
          sum += weight * Floats.get(keys, keysOffset, (long) i * TILE + slot);
        }
        Floats.set(sums, sumsOffset, at, Floats.get(sums, sumsOffset, at) + sum);
      }
    }
  }
}
