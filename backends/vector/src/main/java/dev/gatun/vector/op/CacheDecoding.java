package dev.gatun.vector.op;

import static dev.gatun.vector.simd.Memory.ALL;

import dev.gatun.vector.simd.Lanes;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;

/** Turns stored halves into F32. */
final class CacheDecoding {
  /** 2^112: what a half's exponent lacks when its bits are moved to a float's place. */
  private static final float BIAS = 0x1p112f;

  private static final float INFINITE = 65536f;

  private CacheDecoding() {}

  /**
   * Halves to floats: the magnitude's bits, moved up, times 2^112, which is right for subnormal
   * halves too; infinities and NaN get the largest exponent.
   *
   * @param count a multiple of the vector's lanes
   */
  static void halves(long x, long y, int count) {
    for (int i = 0; i < count; i += Lanes.COUNT) {
      ShortVector stored = ShortVector.fromMemorySegment(Lanes.I16, ALL, x + 2L * i, Lanes.LE);
      IntVector bits =
          (IntVector) stored.convertShape(VectorOperators.ZERO_EXTEND_S2I, Lanes.I32, 0);
      IntVector sign = bits.and(0x8000).lanewise(VectorOperators.LSHL, 16);
      FloatVector size =
          bits.and(0x7fff).lanewise(VectorOperators.LSHL, 13).reinterpretAsFloats().mul(BIAS);
      IntVector value = size.reinterpretAsInts();
      value =
          value.lanewise(
              VectorOperators.OR,
              IntVector.broadcast(Lanes.I32, 0x7f800000),
              size.compare(VectorOperators.GE, INFINITE).cast(Lanes.I32));
      value.or(sign).reinterpretAsFloats().intoMemorySegment(ALL, y + 4L * i, Lanes.LE);
    }
  }
}
