package dev.gatun.vector.op;

import static dev.gatun.vector.simd.Lanes.F32;
import static dev.gatun.vector.simd.Lanes.LE;
import static dev.gatun.vector.simd.Memory.ALL;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.MAX;

import dev.gatun.cpuengine.kernel.AttentionKernels;
import dev.gatun.cpuengine.scalar.CacheTile;
import dev.gatun.cpuengine.scalar.ScalarKernels;
import dev.gatun.tensor.DType;
import dev.gatun.vector.simd.Lanes;
import dev.gatun.vector.simd.Memory;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/** Attention over tiles. Q8_0 states are decoded by the scalar twin. */
final class VectorAttention implements AttentionKernels {
  private static final AttentionKernels SCALAR = new ScalarKernels().attention();
  private static final float HIDDEN = Float.NEGATIVE_INFINITY;

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
    if (dtype == DType.F32) {
      MemorySegment.copy(value, valueOffset, tile, at + 4L * slot * dim, 4L * dim);
      return;
    }
    SCALAR.storeValue(dtype, value, valueOffset, dim, tile, at, slot);
  }

  @Override
  public void loadKeys(
      DType dtype, MemorySegment tile, long at, int dim, MemorySegment y, long yOffset) {
    if (dtype == DType.F16) {
      decode(tile, at, y, yOffset, TILE * dim);
    } else {
      SCALAR.loadKeys(dtype, tile, at, dim, y, yOffset);
    }
  }

  @Override
  public void loadValues(
      DType dtype, MemorySegment tile, long at, int dim, MemorySegment y, long yOffset) {
    if (dtype == DType.F16) {
      decode(tile, at, y, yOffset, TILE * dim);
    } else {
      SCALAR.loadValues(dtype, tile, at, dim, y, yOffset);
    }
  }

  private static void decode(MemorySegment tile, long at, MemorySegment y, long to, int count) {
    long halves = Memory.address(tile, at, 2L * count);
    CacheDecoding.halves(halves, Memory.address(y, to, 4L * count), count);
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
    BlockProduct.add(
        q, qOffset, dim, keys, keysOffset, TILE, s, sOffset, TILE, queries, TILE, 0, dim, true);
  }

  @Override
  public void softcap(MemorySegment s, long sOffset, int count, float cap) {
    long scores = Memory.address(s, sOffset, 4L * count);
    Tanh.run(scores, 1 / cap, cap, scores, count);
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
    long scores = Memory.address(s, sOffset, 4L * TILE);
    long running = Memory.address(stats, statsOffset, 8);
    long sums = Memory.address(sum, sumOffset, 4L * dim);
    fill(scores, 0, Math.min(from, TILE), HIDDEN);
    fill(scores, Math.max(0, to), TILE, HIDDEN);
    float before = ALL.get(Memory.F32, running);
    float max = Math.max(before, largest(scores));
    if (max == HIDDEN) {
      fill(scores, 0, TILE, 0);
      return;
    }
    Exp.run(scores, 1, -max, scores, TILE);
    float total = sum(scores);
    float factor = 1;
    if (before != max) {
      factor = Exp.exp(before - max);
      UnaryLoops.affine(sums, factor, -0f, sums, dim);
    }
    float old = ALL.get(Memory.F32, running + 4);
    ALL.set(Memory.F32, running, max);
    ALL.set(Memory.F32, running + 4, old * factor + total);
  }

  /** The largest of a row of scores; NaN is passed over. */
  private static float largest(long s) {
    FloatVector most = FloatVector.broadcast(F32, HIDDEN);
    for (long at = s; at != s + 4L * TILE; at += Lanes.BYTES) {
      FloatVector some = FloatVector.fromMemorySegment(F32, ALL, at, LE);
      most = most.blend(some, some.compare(GT, most));
    }
    return most.reduceLanes(MAX);
  }

  // Scalar: what C2 no longer inlines into weigh makes it box vectors, and lanes must be added in
  // one
  // order.
  private static float sum(long s) {
    float a = 0;
    float b = 0;
    float c = 0;
    float d = 0;
    for (long at = s; at != s + 4L * TILE; at += 16) {
      long p = at & Memory.ADDRESS;
      a += ALL.get(Memory.F32, p);
      b += ALL.get(Memory.F32, p + 4);
      c += ALL.get(Memory.F32, p + 8);
      d += ALL.get(Memory.F32, p + 12);
    }
    return (a + b) + (c + d);
  }

  private static void fill(long s, int from, int to, float value) {
    long end = s + 4L * Math.max(from, to);
    for (long at = s + 4L * from; at != end; at += 4) {
      ALL.set(Memory.F32, at, value);
    }
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
    BlockProduct.add(
        weights,
        weightsOffset,
        TILE,
        values,
        valuesOffset,
        dim,
        sums,
        sumsOffset,
        dim,
        queries,
        dim,
        from,
        to,
        false);
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
    long left = Memory.address(weights, weightsOffset, 4L * queries * TILE);
    long right = Memory.address(keys, keysOffset, 4L * dim * TILE);
    long to = Memory.address(sums, sumsOffset, 4L * queries * dim);
    for (int query = 0; query < queries; query++) {
      for (int i = 0; i < dim; i++) {
        float more = Reductions.dot(left + 4L * query * TILE, right + 4L * i * TILE, TILE);
        long at = to + 4 * ((long) query * dim + i);
        ALL.set(Memory.F32, at, ALL.get(Memory.F32, at) + more);
      }
    }
  }
}
