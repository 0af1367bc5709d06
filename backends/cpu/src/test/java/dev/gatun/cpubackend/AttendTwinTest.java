package dev.gatun.cpubackend;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gatun.cpuengine.kernel.AttentionKernels;
import dev.gatun.cpuengine.kernel.KernelSet;
import dev.gatun.cpuengine.kernel.QueryBlock;
import dev.gatun.cpuengine.kernel.StoredTiles;
import dev.gatun.cpuengine.scalar.ScalarKernels;
import dev.gatun.tensor.DType;
import dev.gatun.testkit.Numbers;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Blocks of queries over tiles: as the scalar twin, and the same bits query by query. */
class AttendTwinTest {
  private static final int TILE = AttentionKernels.TILE;
  private static final int TILES = 5;

  private final AttentionKernels scalar = new ScalarKernels().attention();

  static List<KernelSet> sets() {
    return Library.alone();
  }

  /** Pages that hold one head's keys, then its values. */
  private record Pages(List<MemorySegment> pages, long values) implements StoredTiles {
    @Override
    public MemorySegment page(int tile) {
      return pages.get(tile);
    }

    @Override
    public long keysAt(int tile) {
      return 0;
    }

    @Override
    public long valuesAt(int tile) {
      return values;
    }
  }

  private Pages pages(Arena arena, Random random, DType dtype, int keyDim, int valueDim) {
    long keys = (AttentionKernels.tileBytes(dtype, keyDim) + 63) / 64 * 64;
    long values = AttentionKernels.tileBytes(dtype, Math.max(1, valueDim));
    List<MemorySegment> pages = new java.util.ArrayList<>();
    for (int tile = 0; tile < TILES; tile++) {
      MemorySegment page = arena.allocate(keys + values, 64);
      for (int slot = 0; slot < TILE; slot++) {
        MemorySegment x = Numbers.normal(arena, random, keyDim, 1);
        scalar.storeKey(dtype, x, 0, keyDim, page, 0, slot);
        if (valueDim > 0) {
          MemorySegment v = Numbers.normal(arena, random, valueDim, 1);
          scalar.storeValue(dtype, v, 0, valueDim, page, keys, slot);
        }
      }
      pages.add(page);
    }
    return new Pages(pages, keys);
  }

  /**
   * Queries {@code group} by {@code group} one position later, the last at the end of all tiles.
   */
  private static QueryBlock block(
      Arena arena, Random random, DType dtype, int queries, int group, int keyDim, int valueDim) {
    var block = new QueryBlock();
    block.dtype = dtype;
    block.queries = queries;
    block.keyDim = keyDim;
    block.valueDim = valueDim;
    block.sumsAt = 4L * queries * keyDim;
    block.statsAt = block.sumsAt + 4L * queries * valueDim;
    block.rangesAt = block.statsAt + 8L * queries;
    block.scratchAt = (block.rangesAt + 8L * queries + 63) / 64 * 64;
    block.memory = arena.allocate(block.scratchAt + (1 << 20), 64);
    block.memory.copyFrom(Numbers.normal(arena, random, queries * keyDim, 0.3));
    for (int query = 0; query < queries; query++) {
      int end = TILES * TILE - 3 - (queries - 1 - query) / group;
      block.memory.set(ValueLayout.JAVA_INT, block.rangesAt + 8L * query + 4, end);
      Numbers.set(block.memory, block.statsAt / 4 + 2L * query, Float.NEGATIVE_INFINITY);
    }
    return block;
  }

  private static QueryBlock copy(Arena arena, QueryBlock from, int first, int count) {
    var block = new QueryBlock();
    block.dtype = from.dtype;
    block.queries = count;
    block.keyDim = from.keyDim;
    block.valueDim = from.valueDim;
    block.valueView = from.valueView;
    block.softcap = from.softcap;
    block.memory = Numbers.copy(arena, from.memory);
    block.queriesAt = 4L * first * from.keyDim;
    block.sumsAt = from.sumsAt + 4L * first * from.valueDim;
    block.statsAt = from.statsAt + 8L * first;
    block.rangesAt = from.rangesAt + 8L * first;
    block.scratchAt = from.scratchAt;
    return block;
  }

  private void check(
      KernelSet set, DType dtype, int queries, int group, int dim, boolean view, int window) {
    var random = new Random(queries);
    try (Arena arena = Arena.ofConfined()) {
      Pages pages = pages(arena, random, dtype, dim + 8, view ? 0 : dim);
      QueryBlock expected = block(arena, random, dtype, queries, group, dim + 8, dim);
      expected.valueView = view;
      expected.softcap = window == 0 ? 0 : 3;
      for (int query = 0; window > 0 && query < queries; query++) {
        int first = Math.max(0, expected.endKey(query) - window);
        expected.memory.set(ValueLayout.JAVA_INT, expected.rangesAt + 8L * query, first);
      }
      QueryBlock actual = copy(arena, expected, 0, queries);
      QueryBlock one = copy(arena, expected, queries - 1, 1);
      AttentionKernels kernels = set.attention();
      scalar.attend(expected, pages, 0, TILES);
      kernels.attend(actual, pages, 0, 3);
      kernels.attend(actual, pages, 3, TILES);
      kernels.attend(one, pages, 0, TILES);
      String what = dtype + " " + queries + " queries, dim " + dim + ", window " + window;
      int sums = queries * dim;
      Numbers.same(sums(expected, sums), sums(actual, sums), sums, 2e-3, 1e-4, what);
      long last = 4L * (queries - 1) * dim;
      MemorySegment alone = one.memory.asSlice(one.sumsAt, 4L * dim);
      MemorySegment among = actual.memory.asSlice(actual.sumsAt + last, 4L * dim);
      assertEquals(-1, alone.mismatch(among), what);
    }
  }

  private static MemorySegment sums(QueryBlock block, int count) {
    return block.memory.asSlice(block.sumsAt, 4L * count);
  }

  @ParameterizedTest
  @MethodSource("sets")
  void attend(KernelSet set) {
    for (DType dtype : List.of(DType.F32, DType.F16, DType.Q8_0)) {
      for (int queries : new int[] {1, 2, 3, 5, 6, 8, 13, 96, 100}) {
        check(set, dtype, queries, 1, 24, false, 0);
        check(set, dtype, queries, 3, 64, false, 70);
        check(set, dtype, queries, queries, 33, false, 0);
        check(set, dtype, queries, 2, 16, true, 0);
      }
    }
  }
}
