package dev.gatun.cpuengine.kernel;

import dev.gatun.tensor.DType;
import java.lang.foreign.MemorySegment;

/** {@link AttentionKernels#attend} in terms of the other kernels. */
final class TileByTile {
  private static final int TILE = AttentionKernels.TILE;

  private TileByTile() {}

  static long scratchBytes(int queries, int keyDim, int valueDim) {
    return 4L * TILE * (queries + keyDim + valueDim);
  }

  static void attend(
      AttentionKernels kernels, QueryBlock block, StoredTiles tiles, int fromTile, int toTile) {
    for (int tile = fromTile; tile < toTile; tile++) {
      absorb(kernels, block, tiles, tile);
    }
  }

  /** Rows at the front that see nothing of the tile are left out. */
  private static void absorb(
      AttentionKernels kernels, QueryBlock block, StoredTiles tiles, int tile) {
    int first = tile * TILE;
    int from = 0;
    while (from < block.queries && block.endKey(from) <= first) {
      from++;
    }
    int queries = block.queries - from;
    if (queries == 0) {
      return;
    }
    MemorySegment memory = block.memory;
    int dim = block.valueDim;
    MemorySegment keys = tiles.page(tile);
    MemorySegment values = keys;
    long keysAt = tiles.keysAt(tile);
    long valuesAt = tiles.valuesAt(tile);
    if (block.dtype != DType.F32) {
      keys = memory;
      values = memory;
      MemorySegment page = tiles.page(tile);
      long keysInPage = keysAt;
      long valuesInPage = valuesAt;
      keysAt = block.scratchAt + 4L * TILE * block.queries;
      valuesAt = keysAt + 4L * TILE * block.keyDim;
      kernels.loadKeys(block.dtype, page, keysInPage, block.keyDim, memory, keysAt);
      if (!block.valueView) {
        kernels.loadValues(block.dtype, page, valuesInPage, dim, memory, valuesAt);
      }
    }
    long s = block.scratchAt + 4L * from * TILE;
    long q = block.queriesAt + 4L * from * block.keyDim;
    kernels.scores(memory, q, queries, keys, keysAt, block.keyDim, memory, s);
    if (block.softcap != 0) {
      kernels.softcap(memory, s, queries * TILE, block.softcap);
    }
    int end = 0;
    for (int query = from; query < block.queries; query++) {
      long scores = block.scratchAt + 4L * query * TILE;
      tiles.hide(query, tile, memory, scores);
      int low = Math.max(0, block.firstKey(query) - first);
      int high = Math.min(TILE, block.endKey(query) - first);
      long stats = block.statsAt + 8L * query;
      long sum = block.sumsAt + 4L * query * dim;
      kernels.weigh(memory, scores, low, high, memory, stats, memory, sum, dim);
      end = Math.max(end, high);
    }
    long sums = block.sumsAt + 4L * from * dim;
    if (block.valueView) {
      kernels.accumulateKeys(memory, s, queries, keys, keysAt, dim, memory, sums);
    } else {
      kernels.accumulate(memory, s, queries, values, valuesAt, dim, 0, end, memory, sums);
    }
  }
}
