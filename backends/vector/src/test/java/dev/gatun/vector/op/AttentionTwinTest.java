package dev.gatun.vector.op;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gatun.cpuengine.kernel.AttentionKernels;
import dev.gatun.cpuengine.scalar.ScalarKernels;
import dev.gatun.tensor.DType;
import dev.gatun.testkit.Numbers;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The pieces of attention equal their scalar twins. */
class AttentionTwinTest {
  private static final int TILE = AttentionKernels.TILE;

  private final AttentionKernels scalar = new ScalarKernels().attention();
  private final AttentionKernels vector = VectorOps.attention();

  @ParameterizedTest
  @EnumSource(names = {"F32", "F16", "Q8_0"})
  void storesAndLoads(DType dtype) {
    var random = new Random(1);
    try (Arena arena = Arena.ofConfined()) {
      for (int dim : new int[] {1, 3, 16, 24, 33, 64, 80, 128}) {
        MemorySegment x = Numbers.normal(arena, random, TILE * dim, 2);
        long bytes = AttentionKernels.tileBytes(dtype, dim);
        for (boolean keys : new boolean[] {true, false}) {
          MemorySegment expected = arena.allocate(bytes, 64);
          MemorySegment actual = arena.allocate(bytes, 64);
          for (int slot = 0; slot < TILE; slot++) {
            store(scalar, keys, dtype, x, slot, dim, expected);
            store(vector, keys, dtype, x, slot, dim, actual);
          }
          assertEquals(-1, expected.mismatch(actual), dtype + " " + dim);
          if (dtype != DType.F32) {
            MemorySegment decoded = arena.allocate(4L * TILE * dim, 64);
            MemorySegment again = arena.allocate(4L * TILE * dim, 64);
            load(scalar, keys, dtype, expected, dim, decoded);
            load(vector, keys, dtype, expected, dim, again);
            Numbers.same(decoded, again, TILE * dim, 0, 0, "load " + keys);
          }
        }
      }
    }
  }

  private static void store(
      AttentionKernels kernels,
      boolean keys,
      DType dtype,
      MemorySegment x,
      int slot,
      int dim,
      MemorySegment tile) {
    if (keys) {
      kernels.storeKey(dtype, x, 4L * slot * dim, dim, tile, 0, slot);
    } else {
      kernels.storeValue(dtype, x, 4L * slot * dim, dim, tile, 0, slot);
    }
  }

  private static void load(
      AttentionKernels kernels,
      boolean keys,
      DType dtype,
      MemorySegment tile,
      int dim,
      MemorySegment y) {
    if (keys) {
      kernels.loadKeys(dtype, tile, 0, dim, y, 0);
    } else {
      kernels.loadValues(dtype, tile, 0, dim, y, 0);
    }
  }

  /** Every half turns into the float that it is. */
  @Test
  void allHalves() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment halves = arena.allocate(2L << 16, 64);
      MemorySegment floats = arena.allocate(4L << 16, 64);
      MemorySegment expected = arena.allocate(4L << 16, 64);
      for (int i = 0; i < 1 << 16; i++) {
        halves.set(ValueLayout.JAVA_SHORT, 2L * i, (short) i);
        Numbers.set(expected, i, Float.float16ToFloat((short) i));
      }
      CacheDecoding.halves(halves.address(), floats.address(), 1 << 16);
      Numbers.same(expected, floats, 1 << 16, 0, 0, "halves");
    }
  }

  @Test
  void scoresAndSums() {
    var random = new Random(2);
    try (Arena arena = Arena.ofConfined()) {
      for (int dim : new int[] {1, 5, 16, 24, 64, 72, 100, 128}) {
        for (int queries : new int[] {1, 2, 3, 4, 5, 6, 7, 9}) {
          MemorySegment q = Numbers.normal(arena, random, queries * dim, 1);
          MemorySegment keys = Numbers.normal(arena, random, dim * TILE, 1);
          MemorySegment s = arena.allocate(4L * queries * TILE, 64);
          MemorySegment t = arena.allocate(4L * queries * TILE, 64);
          scalar.scores(q, 0, queries, keys, 0, dim, s, 0);
          vector.scores(q, 0, queries, keys, 0, dim, t, 0);
          Numbers.same(s, t, queries * TILE, 3e-5, 1e-5, "scores");
          MemorySegment sums = Numbers.normal(arena, random, queries * dim, 1);
          MemorySegment other = Numbers.copy(arena, sums);
          scalar.accumulate(s, 0, queries, keys, 0, dim, 2, 61, sums, 0);
          vector.accumulate(s, 0, queries, keys, 0, dim, 2, 61, other, 0);
          Numbers.same(sums, other, queries * dim, 2e-3, 1e-5, "sums");
          scalar.accumulateKeys(s, 0, queries, keys, 0, dim, sums, 0);
          vector.accumulateKeys(s, 0, queries, keys, 0, dim, other, 0);
          Numbers.same(sums, other, queries * dim, 4e-3, 1e-5, "sums of keys");
        }
      }
    }
  }

  @Test
  void weights() {
    var random = new Random(3);
    try (Arena arena = Arena.ofConfined()) {
      int dim = 37;
      int[][] ranges = {{0, 64}, {0, 1}, {5, 9}, {63, 64}, {0, 0}, {10, 64}, {20, 3}, {0, -5}};
      for (int[] range : ranges) {
        for (float before : new float[] {Float.NEGATIVE_INFINITY, -3, 0, 40}) {
          MemorySegment s = Numbers.normal(arena, random, TILE, 4);
          Numbers.set(s, 7, Float.NEGATIVE_INFINITY);
          MemorySegment t = Numbers.copy(arena, s);
          MemorySegment stats = arena.allocate(8, 64);
          Numbers.set(stats, 0, before);
          Numbers.set(stats, 1, 1.5f);
          MemorySegment otherStats = Numbers.copy(arena, stats);
          MemorySegment sums = Numbers.normal(arena, random, dim, 1);
          MemorySegment otherSums = Numbers.copy(arena, sums);
          scalar.weigh(s, 0, range[0], range[1], stats, 0, sums, 0, dim);
          vector.weigh(t, 0, range[0], range[1], otherStats, 0, otherSums, 0, dim);
          Numbers.same(s, t, TILE, 1e-7, 1e-6, "weights");
          Numbers.same(stats, otherStats, 2, 1e-6, 1e-6, "statistics");
          Numbers.same(sums, otherSums, dim, 1e-7, 1e-6, "sums");
        }
      }
    }
  }

  @Test
  void softcap() {
    var random = new Random(4);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment s = Numbers.normal(arena, random, 3 * TILE, 40);
      MemorySegment t = Numbers.copy(arena, s);
      scalar.softcap(s, 0, 3 * TILE, 50);
      vector.softcap(t, 0, 3 * TILE, 50);
      Numbers.same(s, t, 3 * TILE, 1e-5, 1e-6, "softcap");
    }
  }
}
