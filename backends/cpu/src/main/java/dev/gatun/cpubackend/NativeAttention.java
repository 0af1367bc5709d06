package dev.gatun.cpubackend;

import dev.gatun.cpu.CpuKernels;
import dev.gatun.cpuengine.kernel.AttentionKernels;
import dev.gatun.cpuengine.kernel.Memory;
import dev.gatun.cpuengine.kernel.QueryBlock;
import dev.gatun.cpuengine.kernel.StoredTiles;
import dev.gatun.tensor.DType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

/** Attention over tiles. */
record NativeAttention(CpuKernels kernels) implements AttentionKernels {
  /** Tiles of one call, whose addresses are written down for it. */
  private static final int TILES = 64;

  private static final int ADDRESSES = 16 * TILES;

  private static int type(DType dtype) {
    return switch (dtype) {
      case F32 -> CpuKernels.STATE_F32;
      case F16 -> CpuKernels.STATE_F16;
      case Q8_0 -> CpuKernels.STATE_Q8_0;
      default -> throw new IllegalArgumentException("no attention state of " + dtype);
    };
  }

  private static long tile(DType dtype, MemorySegment tile, long at, int dim) {
    return Memory.address(tile, at, AttentionKernels.tileBytes(dtype, dim));
  }

  @Override
  public void storeKey(
      DType dtype,
      MemorySegment key,
      long keyOffset,
      int dim,
      MemorySegment tile,
      long at,
      int slot) {
    store(dtype, key, keyOffset, dim, tile, at, slot, 1);
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
    store(dtype, value, valueOffset, dim, tile, at, slot, 0);
  }

  private void store(
      DType dtype,
      MemorySegment x,
      long xOffset,
      int dim,
      MemorySegment tile,
      long at,
      int slot,
      int keys) {
    long from = Memory.address(x, xOffset, 4L * dim);
    long to = tile(dtype, tile, at, dim);
    kernels.store(type(dtype), from, dim, to, Objects.checkIndex(slot, TILE), keys);
  }

  @Override
  public void loadKeys(
      DType dtype, MemorySegment tile, long at, int dim, MemorySegment y, long yOffset) {
    load(dtype, tile, at, dim, y, yOffset, 1);
  }

  @Override
  public void loadValues(
      DType dtype, MemorySegment tile, long at, int dim, MemorySegment y, long yOffset) {
    load(dtype, tile, at, dim, y, yOffset, 0);
  }

  private void load(
      DType dtype, MemorySegment tile, long at, int dim, MemorySegment y, long yOffset, int keys) {
    long to = Memory.address(y, yOffset, 4L * TILE * dim);
    kernels.load(type(dtype), tile(dtype, tile, at, dim), dim, to, keys);
  }

  @Override
  public long attendBytes(int queries, int keyDim, int valueDim) {
    return Math.max(
        ADDRESSES + kernels.attendBytes(keyDim, valueDim),
        AttentionKernels.super.attendBytes(queries, keyDim, valueDim));
  }

  @Override
  public void attend(QueryBlock block, StoredTiles tiles, int fromTile, int toTile) {
    if (tiles.hides()) {
      AttentionKernels.super.attend(block, tiles, fromTile, toTile);
      return;
    }
    MemorySegment memory = block.memory;
    int queries = block.queries;
    int dim = block.valueDim;
    long table = block.scratchAt;
    long working = kernels.attendBytes(block.keyDim, dim);
    long q = Memory.address(memory, block.queriesAt, 4L * queries * block.keyDim);
    long ranges = Memory.address(memory, block.rangesAt, 8L * queries);
    long stats = Memory.address(memory, block.statsAt, 8L * queries);
    long sums = Memory.address(memory, block.sumsAt, 4L * queries * dim);
    long addresses = Memory.address(memory, table, ADDRESSES);
    long scratch = Memory.address(memory, table + ADDRESSES, working);
    for (int first = fromTile; first < toTile; first += TILES) {
      int count = Math.min(TILES, toTile - first);
      for (int i = 0; i < count; i++) {
        MemorySegment page = tiles.page(first + i);
        long keys = tile(block.dtype, page, tiles.keysAt(first + i), block.keyDim);
        long values = block.valueView ? 0 : tile(block.dtype, page, tiles.valuesAt(first + i), dim);
        memory.set(ValueLayout.JAVA_LONG, table + 16L * i, keys);
        memory.set(ValueLayout.JAVA_LONG, table + 16L * i + 8, values);
      }
      kernels.attend(
          type(block.dtype),
          q,
          queries,
          block.keyDim,
          dim,
          block.softcap,
          ranges,
          (long) first * TILE,
          addresses,
          count,
          stats,
          sums,
          scratch);
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
    kernels.scores(
        Memory.address(q, qOffset, 4L * queries * dim),
        queries,
        Memory.address(keys, keysOffset, 4L * TILE * dim),
        dim,
        Memory.address(s, sOffset, 4L * TILE * queries));
  }

  @Override
  public void softcap(MemorySegment s, long sOffset, int count, float cap) {
    kernels.softCap(Memory.address(s, sOffset, 4L * count), count, cap);
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
    kernels.accumulateKeys(
        Memory.address(weights, weightsOffset, 4L * TILE * queries),
        queries,
        Memory.address(keys, keysOffset, 4L * TILE * dim),
        dim,
        Memory.address(sums, sumsOffset, 4L * queries * dim));
  }
}
