package dev.gatun.cpubackend;

import dev.gatun.cpu.CpuKernels;
import dev.gatun.cpuengine.kernel.AttentionKernels;
import dev.gatun.cpuengine.kernel.KernelSet;
import dev.gatun.cpuengine.scalar.CacheTile;
import dev.gatun.tensor.DType;
import java.lang.foreign.MemorySegment;
import java.util.function.Supplier;

/** Attention over tiles. Q8_0 states, score caps and values taken from keys are another set's. */
record NativeAttention(CpuKernels kernels, Supplier<KernelSet> others) implements AttentionKernels {
  @Override
  public void storeKey(
      DType dtype,
      MemorySegment key,
      long keyOffset,
      int dim,
      MemorySegment tile,
      long at,
      int slot) {
    if (dtype == DType.F16) {
      long to = Memory.address(tile, at, 2L * TILE * dim) + 2L * slot;
      kernels.toHalf(Memory.address(key, keyOffset, 4L * dim), to, TILE, dim);
    } else {
      CacheTile.store(dtype, key, keyOffset, dim, tile, at, slot, TILE, slot, TILE);
    }
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
    switch (dtype) {
      case F16 -> {
        long to = Memory.address(tile, at, 2L * TILE * dim) + 2L * slot * dim;
        kernels.toHalf(Memory.address(value, valueOffset, 4L * dim), to, 1, dim);
      }
      case F32 -> MemorySegment.copy(value, valueOffset, tile, at + 4L * slot * dim, 4L * dim);
      default ->
          others.get().attention().storeValue(dtype, value, valueOffset, dim, tile, at, slot);
    }
  }

  @Override
  public void loadKeys(
      DType dtype, MemorySegment tile, long at, int dim, MemorySegment y, long yOffset) {
    if (dtype == DType.F16) {
      halves(tile, at, dim, y, yOffset);
    } else {
      others.get().attention().loadKeys(dtype, tile, at, dim, y, yOffset);
    }
  }

  @Override
  public void loadValues(
      DType dtype, MemorySegment tile, long at, int dim, MemorySegment y, long yOffset) {
    if (dtype == DType.F16) {
      halves(tile, at, dim, y, yOffset);
    } else {
      others.get().attention().loadValues(dtype, tile, at, dim, y, yOffset);
    }
  }

  private void halves(MemorySegment tile, long at, int dim, MemorySegment y, long yOffset) {
    int count = TILE * dim;
    long from = Memory.address(tile, at, 2L * count);
    kernels.fromHalf(from, Memory.address(y, yOffset, 4L * count), count);
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
    kernels.scores(
        Memory.address(q, qOffset, 4L * queries * dim),
        queries,
        Memory.address(keys, keysOffset, 4L * TILE * dim),
        dim,
        Memory.address(s, sOffset, 4L * TILE * queries));
  }

  @Override
  public void softcap(MemorySegment s, long sOffset, int count, float cap) {
    others.get().attention().softcap(s, sOffset, count, cap);
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
    kernels.weigh(
        Memory.address(s, sOffset, 4L * TILE),
        from,
        to,
        Memory.address(stats, statsOffset, 8),
        Memory.address(sum, sumOffset, 4L * dim),
        dim);
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
    kernels.accumulate(
        Memory.address(weights, weightsOffset, 4L * TILE * queries),
        queries,
        Memory.address(values, valuesOffset, 4L * TILE * dim),
        dim,
        from,
        to,
        Memory.address(sums, sumsOffset, 4L * queries * dim));
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
    AttentionKernels other = others.get().attention();
    other.accumulateKeys(weights, weightsOffset, queries, keys, keysOffset, dim, sums, sumsOffset);
  }
}
