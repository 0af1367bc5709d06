package dev.gatun.vector.op;

import static dev.gatun.vector.simd.Lanes.F32;
import static dev.gatun.vector.simd.Lanes.I16;
import static dev.gatun.vector.simd.Lanes.I32;
import static dev.gatun.vector.simd.Lanes.LE;
import static dev.gatun.vector.simd.Memory.ALL;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.OR;
import static jdk.incubator.vector.VectorOperators.S2I;

import dev.gatun.vector.simd.Lanes;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;

/** Turns stored halves into F32. */
final class CacheDecoding {
  /** A half's bits where a float has them; the sign has spread, and only its last bit counts. */
  private static final int BITS = 0x8fffe000;

  /** 2^112: what a half's exponent lacks when its bits are moved to a float's place. */
  private static final float BIAS = 0x1p112f;

  private static final float INFINITE = 65536f;

  private CacheDecoding() {}

  /**
   * Halves to floats: the bits, moved up, times 2^112, which is right for subnormal halves too;
   * infinities and NaN get the largest exponent.
   *
   * @param count a multiple of the vector's lanes
   */
  static void halves(long x, long y, int count) {
    long from = x;
    long to = y;
    long end = x + 2L * count;
    while (from != end) {
      FloatVector value =
          ((IntVector) ShortVector.fromMemorySegment(I16, ALL, from, LE).convertShape(S2I, I32, 0))
              .lanewise(LSHL, 13)
              .and(BITS)
              .reinterpretAsFloats()
              .mul(FloatVector.broadcast(F32, BIAS));
      value
          .reinterpretAsInts()
          .lanewise(OR, 0x7f800000, value.abs().compare(GE, INFINITE).cast(I32))
          .reinterpretAsFloats()
          .intoMemorySegment(ALL, to, LE);
      from += Lanes.BYTES / 2;
      to += Lanes.BYTES;
    }
  }
}
