package dev.gatun.vector.op;

import static dev.gatun.vector.simd.Lanes.F32;
import static dev.gatun.vector.simd.Lanes.LE;
import static dev.gatun.vector.simd.Memory.ALL;
import static jdk.incubator.vector.VectorOperators.GT;

import dev.gatun.vector.simd.Lanes;
import dev.gatun.vector.simd.Memory;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;

/**
 * Sums and maxima, in one order: {@code reduceLanes} adds in another order once it is compiled.
 * Each ends by folding its vector upon itself; as a method of its own, that would be a call with a
 * vector.
 */
final class Reductions {
  private static final VectorShuffle<Float> BY_8 = turned(8);
  private static final VectorShuffle<Float> BY_4 = turned(4);
  private static final VectorShuffle<Float> BY_2 = turned(2);
  private static final VectorShuffle<Float> BY_1 = turned(1);

  private Reductions() {}

  private static VectorShuffle<Float> turned(int lanes) {
    return VectorShuffle.iota(F32, lanes % Lanes.COUNT, 1, true);
  }

  static float sum(long x, int count) {
    FloatVector sums = FloatVector.zero(F32);
    long at = x;
    long vectors = x + 4L * (count & -Lanes.COUNT);
    while (at != vectors) {
      sums = sums.add(FloatVector.fromMemorySegment(F32, ALL, at, LE));
      at += Lanes.BYTES;
    }
    if (Lanes.COUNT >= 16) {
      sums = sums.add(sums.rearrange(BY_8));
    }
    if (Lanes.COUNT >= 8) {
      sums = sums.add(sums.rearrange(BY_4));
    }
    sums = sums.add(sums.rearrange(BY_2));
    sums = sums.add(sums.rearrange(BY_1));
    float sum = sums.lane(0);
    long end = x + 4L * count;
    while (at != end) {
      sum += ALL.get(Memory.F32, at);
      at += 4;
    }
    return sum;
  }

  /** Sum of the products of x and y, element by element. */
  static float dot(long x, long y, int count) {
    FloatVector sums = FloatVector.zero(F32);
    FloatVector others = sums;
    long at = x;
    long pairs = x + 4L * (count & -2 * Lanes.COUNT);
    long toY = y - x;
    while (at != pairs) {
      sums =
          FloatVector.fromMemorySegment(F32, ALL, at, LE)
              .fma(FloatVector.fromMemorySegment(F32, ALL, at + toY, LE), sums);
      at += Lanes.BYTES;
      others =
          FloatVector.fromMemorySegment(F32, ALL, at, LE)
              .fma(FloatVector.fromMemorySegment(F32, ALL, at + toY, LE), others);
      at += Lanes.BYTES;
    }
    sums = sums.add(others);
    if (Lanes.COUNT >= 16) {
      sums = sums.add(sums.rearrange(BY_8));
    }
    if (Lanes.COUNT >= 8) {
      sums = sums.add(sums.rearrange(BY_4));
    }
    sums = sums.add(sums.rearrange(BY_2));
    sums = sums.add(sums.rearrange(BY_1));
    float sum = sums.lane(0);
    long end = x + 4L * count;
    while (at != end) {
      sum = Math.fma(ALL.get(Memory.F32, at), ALL.get(Memory.F32, at + toY), sum);
      at += 4;
    }
    return sum;
  }

  /** The largest element, minus infinity for none; NaN is passed over. */
  static float largest(long x, int count) {
    FloatVector largest = FloatVector.broadcast(F32, Float.NEGATIVE_INFINITY);
    long at = x;
    long vectors = x + 4L * (count & -Lanes.COUNT);
    while (at != vectors) {
      FloatVector next = FloatVector.fromMemorySegment(F32, ALL, at, LE);
      largest = largest.blend(next, next.compare(GT, largest));
      at += Lanes.BYTES;
    }
    FloatVector turned;
    if (Lanes.COUNT >= 16) {
      turned = largest.rearrange(BY_8);
      largest = largest.blend(turned, turned.compare(GT, largest));
    }
    if (Lanes.COUNT >= 8) {
      turned = largest.rearrange(BY_4);
      largest = largest.blend(turned, turned.compare(GT, largest));
    }
    turned = largest.rearrange(BY_2);
    largest = largest.blend(turned, turned.compare(GT, largest));
    turned = largest.rearrange(BY_1);
    largest = largest.blend(turned, turned.compare(GT, largest));
    float max = largest.lane(0);
    long end = x + 4L * count;
    while (at != end) {
      float next = ALL.get(Memory.F32, at);
      max = next > max ? next : max;
      at += 4;
    }
    return max;
  }
}
