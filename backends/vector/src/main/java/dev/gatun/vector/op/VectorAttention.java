package dev.gatun.vector.op;

import dev.gatun.cpuengine.kernel.AttentionKernels;
import dev.gatun.cpuengine.scalar.CacheTile;
import dev.gatun.cpuengine.scalar.ScalarKernels;
import dev.gatun.tensor.DType;
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
      CacheDecoding.halves(tile, at, y, yOffset, TILE * dim);
    } else {
      SCALAR.loadKeys(dtype, tile, at, dim, y, yOffset);
    }
  }

  @Override
  public void loadValues(
      DType dtype, MemorySegment tile, long at, int dim, MemorySegment y, long yOffset) {
    if (dtype == DType.F16) {
      CacheDecoding.halves(tile, at, y, yOffset, TILE * dim);
    } else {
      SCALAR.loadValues(dtype, tile, at, dim, y, yOffset);
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
    BlockProduct.add(
        q, qOffset, dim, keys, keysOffset, TILE, s, sOffset, TILE, queries, TILE, 0, dim, true);
  }

  @Override
  public void softcap(MemorySegment s, long sOffset, int count, float cap) {
    float inverse = 1 / cap;
    for (int i = 0; i < count; i += Width.LANES) {
      FloatVector score = FloatVector.fromMemorySegment(Width.F32, s, sOffset + 4L * i, Width.LE);
      Activations.tanh(score.mul(inverse))
          .mul(cap)
          .intoMemorySegment(s, sOffset + 4L * i, Width.LE);
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
    hide(s, sOffset, 0, Math.min(from, TILE));
    hide(s, sOffset, Math.max(0, to), TILE);
    float before = stats.get(ValueLayout.JAVA_FLOAT_UNALIGNED, statsOffset);
    float max = Math.max(before, largest(s, sOffset));
    if (max == HIDDEN) {
      for (int i = 0; i < TILE; i++) {
        s.set(ValueLayout.JAVA_FLOAT_UNALIGNED, sOffset + 4L * i, 0);
      }
      return;
    }
    float total = exponentials(s, sOffset, max);
    float factor = 1;
    if (before != max) {
      factor = Exp.exp(before - max);
      scale(sum, sumOffset, factor, dim);
    }
    float old = stats.get(ValueLayout.JAVA_FLOAT_UNALIGNED, statsOffset + 4);
    stats.set(ValueLayout.JAVA_FLOAT_UNALIGNED, statsOffset, max);
    stats.set(ValueLayout.JAVA_FLOAT_UNALIGNED, statsOffset + 4, old * factor + total);
  }

  private static void hide(MemorySegment s, long at, int from, int to) {
    for (int i = from; i < to; i++) {
      s.set(ValueLayout.JAVA_FLOAT_UNALIGNED, at + 4L * i, HIDDEN);
    }
  }

  private static float largest(MemorySegment s, long at) {
    FloatVector max = Width.fill(HIDDEN);
    for (int i = 0; i < TILE; i += Width.LANES) {
      max = max.max(FloatVector.fromMemorySegment(Width.F32, s, at + 4L * i, Width.LE));
    }
    return max.reduceLanes(VectorOperators.MAX);
  }

  private static float exponentials(MemorySegment s, long at, float max) {
    FloatVector total = FloatVector.zero(Width.F32);
    for (int i = 0; i < TILE; i += Width.LANES) {
      FloatVector score = FloatVector.fromMemorySegment(Width.F32, s, at + 4L * i, Width.LE);
      FloatVector weight = Exp.exp(score.sub(max));
      total = total.add(weight);
      weight.intoMemorySegment(s, at + 4L * i, Width.LE);
    }
    return Sums.across(total);
  }

  private static void scale(MemorySegment y, long at, float factor, int count) {
    int i = 0;
    for (; i <= count - Width.LANES; i += Width.LANES) {
      FloatVector.fromMemorySegment(Width.F32, y, at + 4L * i, Width.LE)
          .mul(factor)
          .intoMemorySegment(y, at + 4L * i, Width.LE);
    }
    for (; i < count; i++) {
      float value = y.get(ValueLayout.JAVA_FLOAT_UNALIGNED, at + 4L * i) * factor;
      y.set(ValueLayout.JAVA_FLOAT_UNALIGNED, at + 4L * i, value);
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
    FloatVector sum = FloatVector.zero(Width.F32);
    for (int i = 0; i < TILE; i += Width.LANES) {
      FloatVector x = FloatVector.fromMemorySegment(Width.F32, a, aAt + 4L * i, Width.LE);
      sum = x.fma(FloatVector.fromMemorySegment(Width.F32, b, bAt + 4L * i, Width.LE), sum);
    }
    return Sums.across(sum);
  }
}
