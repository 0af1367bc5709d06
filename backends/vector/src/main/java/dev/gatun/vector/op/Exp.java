package dev.gatun.vector.op;

import static dev.gatun.vector.simd.Lanes.F32;
import static dev.gatun.vector.simd.Lanes.LE;
import static dev.gatun.vector.simd.Memory.ALL;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;

import dev.gatun.vector.simd.Lanes;
import dev.gatun.vector.simd.Memory;
import jdk.incubator.vector.FloatVector;

/**
 * The exponential function: {@code 2^n e^r} with n the nearest integer to x / ln 2 (Cody and Waite
 * 1980), e^r by a polynomial of degree 6 fitted over |r| <= ln 2 / 2 to a relative error of 4e-9.
 * Results are within 2 units in the last place; below the smallest normal number they are 0.
 *
 * <p>Loops that need it within a larger expression repeat its operations: a method that takes or
 * returns a vector may stay a call.
 */
final class Exp {
  static final float LOG2_E = 1.442695f;

  /** ln 2 in two parts, the first with few bits so that n times it is exact; both negative. */
  static final float LN2_HIGH = -0x1.63p-1f;

  static final float LN2_LOW = 2.1219444e-4f;

  /** 1.5 * 2^23: adding it leaves the nearest integer in the low bits. */
  private static final float ROUND = 12582912f;

  /**
   * {@link #ROUND} with the bias of the exponent: the low bits, moved to the exponent's place, are
   * the power of 2 itself, 0 for n = -127 and infinity for n = 128. Not for n beyond these.
   */
  static final float ROUND_BIASED = ROUND + 127;

  /** ln of the largest number; above it the result is infinite. */
  private static final float LARGEST = 88.72283f;

  /** ln of the smallest normal number; below it the result is 0. */
  private static final float SMALLEST = -87.33654f;

  static final float Q0 = 0.49999994f;
  static final float Q1 = 0.1666652f;
  static final float Q2 = 0.041668393f;
  static final float Q3 = 0.008368781f;
  static final float Q4 = 0.0013814467f;

  private Exp() {}

  /** {@code y = e^(factor x + shift)}; y may be x. */
  static void run(long x, float factor, float shift, long y, int count) {
    long at = x;
    long vectors = x + 4L * (count & -Lanes.COUNT);
    long toY = y - x;
    while (at != vectors) {
      FloatVector value =
          FloatVector.fromMemorySegment(F32, ALL, at, LE)
              .fma(FloatVector.broadcast(F32, factor), FloatVector.broadcast(F32, shift));
      FloatVector round = FloatVector.broadcast(F32, ROUND);
      FloatVector shifted = value.fma(FloatVector.broadcast(F32, LOG2_E), round);
      FloatVector n = shifted.sub(round);
      FloatVector r = n.fma(FloatVector.broadcast(F32, LN2_HIGH), value);
      r = n.fma(FloatVector.broadcast(F32, LN2_LOW), r);
      FloatVector p = r.fma(FloatVector.broadcast(F32, Q4), FloatVector.broadcast(F32, Q3));
      p = p.fma(r, FloatVector.broadcast(F32, Q2));
      p = p.fma(r, FloatVector.broadcast(F32, Q1));
      p = p.fma(r, FloatVector.broadcast(F32, Q0));
      p = p.mul(r).fma(r, r).add(FloatVector.broadcast(F32, 1));
      // n goes into the exponent; what that does to a NaN is put right by adding 0 times it.
      FloatVector power =
          p.reinterpretAsInts()
              .add(shifted.reinterpretAsInts().lanewise(LSHL, 23))
              .reinterpretAsFloats();
      p.fma(FloatVector.broadcast(F32, 0), power)
          .blend(0, value.compare(LT, SMALLEST))
          .blend(Float.POSITIVE_INFINITY, value.compare(GT, LARGEST))
          .intoMemorySegment(ALL, at + toY, LE);
      at += Lanes.BYTES;
    }
    long end = x + 4L * count;
    while (at != end) {
      ALL.set(Memory.F32, at + toY, exp(Math.fma(ALL.get(Memory.F32, at), factor, shift)));
      at += 4;
    }
  }

  /** The same operations on one number, so that results do not depend on its place in memory. */
  static float exp(float x) {
    if (x < SMALLEST) {
      return 0;
    }
    if (x > LARGEST) {
      return Float.POSITIVE_INFINITY;
    }
    float shifted = Math.fma(x, LOG2_E, ROUND);
    float p = fraction(x, shifted - ROUND);
    int power = Float.floatToRawIntBits(shifted) << 23;
    return Float.isNaN(p) ? p : Float.intBitsToFloat(Float.floatToRawIntBits(p) + power);
  }

  /** {@link #exp} where n is known to lie within -127..128, by {@link #ROUND_BIASED}. */
  static float bounded(float x) {
    float shifted = Math.fma(x, LOG2_E, ROUND_BIASED);
    float power = Float.intBitsToFloat(Float.floatToRawIntBits(shifted) << 23);
    return fraction(x, shifted - ROUND_BIASED) * power;
  }

  /** e^r. */
  private static float fraction(float x, float n) {
    float r = Math.fma(n, LN2_LOW, Math.fma(n, LN2_HIGH, x));
    float q = Math.fma(Math.fma(r, Q4, Q3), r, Q2);
    q = Math.fma(Math.fma(q, r, Q1), r, Q0);
    return Math.fma(q * r, r, r) + 1f;
  }
}
