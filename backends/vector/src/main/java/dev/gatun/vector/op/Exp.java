package dev.gatun.vector.op;

import dev.gatun.vector.simd.Lanes;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * The exponential function: {@code 2^n e^r} with n the nearest integer to x / ln 2 (Cody and Waite
 * 1980), e^r by a polynomial of degree 6 fitted over |r| <= ln 2 / 2 to a relative error of 4e-9.
 * Results are within 2 units in the last place; below the smallest normal number they are 0.
 */
final class Exp {
  private static final float LOG2_E = 1.442695f;

  /** ln 2 in two parts, the first with few bits so that n times it is exact. */
  private static final float LN2_HIGH = 0x1.63p-1f;

  private static final float LN2_LOW = -2.1219444e-4f;

  /** 1.5 * 2^23: adding it leaves the nearest integer in the low bits. */
  private static final float ROUND = 12582912f;

  /** ln of the largest number; above it the result is infinite. */
  private static final float LARGEST = 88.72283f;

  /** ln of the smallest normal number; below it the result is 0. */
  private static final float SMALLEST = -87.33654f;

  private static final float Q0 = 0.49999994f;
  private static final float Q1 = 0.1666652f;
  private static final float Q2 = 0.041668393f;
  private static final float Q3 = 0.008368781f;
  private static final float Q4 = 0.0013814467f;

  private Exp() {}

  /** e^x for each lane; NaN for NaN. */
  static FloatVector exp(FloatVector x) {
    FloatVector shifted = x.fma(Lanes.fill(LOG2_E), Lanes.fill(ROUND));
    FloatVector n = shifted.sub(ROUND);
    FloatVector r = n.fma(Lanes.fill(-LN2_HIGH), x);
    r = n.fma(Lanes.fill(-LN2_LOW), r);
    FloatVector q = r.fma(Lanes.fill(Q4), Lanes.fill(Q3));
    q = q.fma(r, Lanes.fill(Q2)).fma(r, Lanes.fill(Q1)).fma(r, Lanes.fill(Q0));
    FloatVector p = q.mul(r).fma(r, r).add(1f);
    // n goes into the exponent; what that does to a NaN is put right by adding 0 times it.
    IntVector power = shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23);
    FloatVector y = p.reinterpretAsInts().add(power).reinterpretAsFloats();
    y = p.fma(Lanes.fill(0f), y);
    return y.blend(0f, x.compare(VectorOperators.LT, SMALLEST))
        .blend(Float.POSITIVE_INFINITY, x.compare(VectorOperators.GT, LARGEST));
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
    float n = shifted - ROUND;
    float r = Math.fma(n, -LN2_HIGH, x);
    r = Math.fma(n, -LN2_LOW, r);
    float q = Math.fma(r, Q4, Q3);
    q = Math.fma(Math.fma(Math.fma(q, r, Q2), r, Q1), r, Q0);
    float p = Math.fma(q * r, r, r) + 1f;
    int power = Float.floatToRawIntBits(shifted) << 23;
    return Float.isNaN(p) ? p : Float.intBitsToFloat(Float.floatToRawIntBits(p) + power);
  }
}
