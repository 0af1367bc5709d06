package dev.gatun.vector.op;

import dev.gatun.vector.simd.Lanes;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;

/**
 * Sums (and maxima) across the lanes of a vector, in one order: {@code reduceLanes} adds in another
 * order once it is compiled.
 */
final class Sums {
  private static final VectorShuffle<Float> BY_8 = turned(8);
  private static final VectorShuffle<Float> BY_4 = turned(4);
  private static final VectorShuffle<Float> BY_2 = turned(2);
  private static final VectorShuffle<Float> BY_1 = turned(1);

  private Sums() {}

  private static VectorShuffle<Float> turned(int lanes) {
    return VectorShuffle.iota(Lanes.F32, lanes % Lanes.COUNT, 1, true);
  }

  /** The sum of all lanes. */
  static float across(FloatVector vector) {
    FloatVector sum = vector;
    if (Lanes.COUNT >= 16) {
      sum = sum.add(sum.rearrange(BY_8));
    }
    if (Lanes.COUNT >= 8) {
      sum = sum.add(sum.rearrange(BY_4));
    }
    sum = sum.add(sum.rearrange(BY_2));
    sum = sum.add(sum.rearrange(BY_1));
    return sum.lane(0);
  }

  /** The largest of all lanes. */
  static float largest(FloatVector vector) {
    FloatVector max = vector;
    if (Lanes.COUNT >= 16) {
      max = larger(max, max.rearrange(BY_8));
    }
    if (Lanes.COUNT >= 8) {
      max = larger(max, max.rearrange(BY_4));
    }
    max = larger(max, max.rearrange(BY_2));
    max = larger(max, max.rearrange(BY_1));
    return max.lane(0);
  }

  private static FloatVector larger(FloatVector a, FloatVector b) {
    return a.blend(b, b.compare(VectorOperators.GT, a));
  }
}
