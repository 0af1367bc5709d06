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
 * {@code x / (1 + e^(x (linear + cubic x^2)))}: SiLU ({@code x / (1 + e^-x)}), and GELU in the form
 * with the hyperbolic tangent (Hendrycks and Gimpel 2016), {@code x / (1 + e^-2u)} with {@code u =
 * sqrt(2 / pi) (x + 0.044715 x^3)}. 0 at minus infinity.
 */
final class Swish {
  private static final float GELU_LINEAR = -1.5957692f; // -2 sqrt(2 / pi)
  private static final float GELU_CUBIC = -0.071354814f; // times 0.044715

  private Swish() {}

  /** y may be x. */
  static void silu(long x, long y, int count) {
    run(x, -1, 0, -89, 87, y, count);
  }

  /** y may be x. */
  static void geluTanh(long x, long y, int count) {
    run(x, GELU_LINEAR, GELU_CUBIC, -10.07f, 10, y, count);
  }

  /**
   * @param low where the exponential has become infinite and n is 128, see {@link Exp#ROUND_BIASED}
   * @param high where the exponential no longer counts beside 1, with n at least -127
   */
  private static void run(
      long x, float linear, float cubic, float low, float high, long y, int count) {
    long at = x;
    long vectors = x + 4L * (count & -Lanes.COUNT);
    long toY = y - x;
    while (at != vectors) {
      FloatVector value = FloatVector.fromMemorySegment(F32, ALL, at, LE);
      value = value.blend(low, value.compare(LT, low));
      FloatVector u = value.blend(high, value.compare(GT, high));
      u =
          u.mul(u)
              .fma(FloatVector.broadcast(F32, cubic), FloatVector.broadcast(F32, linear))
              .mul(u);
      FloatVector round = FloatVector.broadcast(F32, Exp.ROUND_BIASED);
      FloatVector shifted = u.fma(FloatVector.broadcast(F32, Exp.LOG2_E), round);
      FloatVector n = shifted.sub(round);
      FloatVector r = n.fma(FloatVector.broadcast(F32, Exp.LN2_HIGH), u);
      r = n.fma(FloatVector.broadcast(F32, Exp.LN2_LOW), r);
      FloatVector p = r.fma(FloatVector.broadcast(F32, Exp.Q4), FloatVector.broadcast(F32, Exp.Q3));
      p = p.fma(r, FloatVector.broadcast(F32, Exp.Q2));
      p = p.fma(r, FloatVector.broadcast(F32, Exp.Q1));
      p = p.fma(r, FloatVector.broadcast(F32, Exp.Q0));
      FloatVector one = FloatVector.broadcast(F32, 1);
      p = p.mul(r).fma(r, r).add(one);
      FloatVector power = shifted.reinterpretAsInts().lanewise(LSHL, 23).reinterpretAsFloats();
      value.div(p.fma(power, one)).intoMemorySegment(ALL, at + toY, LE);
      at += Lanes.BYTES;
    }
    long end = x + 4L * count;
    while (at != end) {
      float value = ALL.get(Memory.F32, at);
      value = value < low ? low : value;
      float u = value > high ? high : value;
      u *= Math.fma(u * u, cubic, linear);
      ALL.set(Memory.F32, at + toY, value / (Exp.bounded(u) + 1f));
      at += 4;
    }
  }
}
