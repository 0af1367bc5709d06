package dev.gatun.vector.op;

import static dev.gatun.vector.simd.Lanes.I16;
import static dev.gatun.vector.simd.Lanes.I32;
import static dev.gatun.vector.simd.Lanes.LE;
import static dev.gatun.vector.simd.Memory.ALL;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.OR;
import static jdk.incubator.vector.VectorOperators.S2I;

import dev.gatun.vector.simd.Lanes;
import dev.gatun.vector.simd.Memory;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;

/** Turns stored halves into F32. */
final class CacheDecoding {
  /** A half's bits where a float has them; the sign has spread, and only its last bit counts. */
  private static final int BITS = 0x8fffe000;

  /** 2^112: what a half's exponent lacks when its bits are moved to a float's place. */
  private static final float BIAS = 0x1p112f;

  private static final float INFINITE = 65536f;

  private static final int EXPONENT = 0x7f800000;

  /** Added to the bits, it carries into {@link #CARRY} when a half's exponent is the largest. */
  private static final int EXPONENT_STEP = 1 << 23;

  private static final int CARRY = 1 << 28;

  private CacheDecoding() {}

  /**
   * Halves to floats: the bits, moved up, times 2^112, which is right for subnormal halves too;
   * infinities and NaN get the largest exponent.
   *
   * @param count a multiple of two vectors' lanes
   */
  static void halves(long x, long y, int count) {
    IntVector carries = IntVector.zero(I32);
    long at = x;
    long out = y;
    long end = x + 2L * count;
    while (at != end) {
      long from = at & Memory.ADDRESS;
      long to = out & Memory.ADDRESS;
      IntVector a =
          ((IntVector) ShortVector.fromMemorySegment(I16, ALL, from, LE).convertShape(S2I, I32, 0))
              .lanewise(LSHL, 13)
              .and(BITS);
      carries = carries.or(a.add(EXPONENT_STEP));
      a.reinterpretAsFloats().mul(BIAS).intoMemorySegment(ALL, to, LE);
      IntVector b =
          ((IntVector)
                  ShortVector.fromMemorySegment(I16, ALL, from + Lanes.BYTES / 2, LE)
                      .convertShape(S2I, I32, 0))
              .lanewise(LSHL, 13)
              .and(BITS);
      carries = carries.or(b.add(EXPONENT_STEP));
      b.reinterpretAsFloats().mul(BIAS).intoMemorySegment(ALL, to + Lanes.BYTES, LE);
      at += Lanes.BYTES;
      out += 2L * Lanes.BYTES;
    }
    if ((carries.reduceLanes(OR) & CARRY) != 0) {
      infinities(y, count);
    }
  }

  /** Gives what is beyond all halves the largest exponent. */
  private static void infinities(long y, int count) {
    for (long at = y; at != y + 4L * count; at += 4) {
      float value = ALL.get(Memory.F32, at);
      if (Math.abs(value) >= INFINITE) {
        ALL.set(Memory.I32, at, Float.floatToRawIntBits(value) | EXPONENT);
      }
    }
  }
}
