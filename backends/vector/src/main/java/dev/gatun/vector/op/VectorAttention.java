package dev.gatun.vector.op;

import static dev.gatun.vector.simd.Memory.ALL;

import dev.gatun.cpuengine.kernel.AttentionKernels;
import dev.gatun.cpuengine.scalar.CacheTile;
import dev.gatun.cpuengine.scalar.ScalarKernels;
import dev.gatun.tensor.DType;
import dev.gatun.vector.simd.Lanes;
import dev.gatun.vector.simd.Memory;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

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
    float inverse = 1 / cap;
    for (int i = 0; i < count; i += Lanes.COUNT) {
      FloatVector score = FloatVector.fromMemorySegment(Lanes.F32, s, sOffset + 4L * i, Lanes.LE);
      Activations.tanh(score.mul(inverse))
          .mul(cap)
          .intoMemorySegment(s, sOffset + 4L * i, Lanes.LE);
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
    float total = exponentials(scores, max);
    float factor = 1;
    if (before != max) {
      factor = Exp.exp(before - max);
      scale(sums, factor, dim);
    }
    float old = ALL.get(Memory.F32, running + 4);
    ALL.set(Memory.F32, running, max);
    ALL.set(Memory.F32, running + 4, old * factor + total);
  }

  private static void fill(long s, int from, int to, float value) {
    for (int i = from; i < to; i++) {
      ALL.set(Memory.F32, s + 4L * i, value);
    }
  }

  /** By comparison: {@code max} and its reduction are calls that box in some processes' code. */
  private static float largest(long s) {
    FloatVector max = FloatVector.fromMemorySegment(Lanes.F32, ALL, s, Lanes.LE);
    for (int i = Lanes.COUNT; i < TILE; i += Lanes.COUNT) {
      FloatVector next = FloatVector.fromMemorySegment(Lanes.F32, ALL, s + 4L * i, Lanes.LE);
      max = max.blend(next, next.compare(VectorOperators.GT, max));
    }
    return Sums.largest(max);
  }

  private static float exponentials(long s, float max) {
    for (int i = 0; i < TILE; i += Lanes.COUNT) {
      FloatVector score = FloatVector.fromMemorySegment(Lanes.F32, ALL, s + 4L * i, Lanes.LE);
      Exp.exp(score.sub(max)).intoMemorySegment(ALL, s + 4L * i, Lanes.LE);
    }
    // Scalars: a vector that is summed across a call to exp is boxed in some processes' code.
    float a = 0;
    float b = 0;
    float c = 0;
    float d = 0;
    for (int i = 0; i < TILE; i += 4) {
      a += ALL.get(Memory.F32, s + 4L * i);
      b += ALL.get(Memory.F32, s + 4L * i + 4);
      c += ALL.get(Memory.F32, s + 4L * i + 8);
      d += ALL.get(Memory.F32, s + 4L * i + 12);
    }
    return a + b + (c + d);
  }

  private static void scale(long y, float factor, int count) {
    int i = 0;
    for (; i <= count - Lanes.COUNT; i += Lanes.COUNT) {
      FloatVector.fromMemorySegment(Lanes.F32, ALL, y + 4L * i, Lanes.LE)
          .mul(factor)
          .intoMemorySegment(ALL, y + 4L * i, Lanes.LE);
    }
    for (; i < count; i++) {
      ALL.set(Memory.F32, y + 4L * i, ALL.get(Memory.F32, y + 4L * i) * factor);
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
    for (int query = 0; query < queries; query++) {
      long w = weightsOffset + 4L * query * TILE;
      long to = sumsOffset + 4L * query * dim;
      for (int i = 0; i < dim; i++) {
        float sum = sums.get(ValueLayout.JAVA_FLOAT_UNALIGNED, to + 4L * i);
        sum += dot(weights, w, keys, keysOffset + 4L * i * TILE);
        sums.set(ValueLayout.JAVA_FLOAT_UNALIGNED, to + 4L * i, sum);
      }
    }
  }

  private static float dot(MemorySegment a, long aAt, MemorySegment b, long bAt) {
    FloatVector sum = FloatVector.zero(Lanes.F32);
    for (int i = 0; i < TILE; i += Lanes.COUNT) {
      FloatVector x = FloatVector.fromMemorySegment(Lanes.F32, a, aAt + 4L * i, Lanes.LE);
      sum = x.fma(FloatVector.fromMemorySegment(Lanes.F32, b, bAt + 4L * i, Lanes.LE), sum);
    }
    return Sums.across(sum);
  }
}
