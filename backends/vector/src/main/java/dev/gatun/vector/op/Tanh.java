package dev.gatun.vector.op;

import static dev.gatun.vector.simd.Lanes.F32;
import static dev.gatun.vector.simd.Lanes.LE;
import static dev.gatun.vector.simd.Memory.ALL;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;

import dev.gatun.vector.simd.Lanes;
import dev.gatun.vector.simd.Memory;
import jdk.incubator.vector.FloatVector;

/**
 * The hyperbolic tangent: a polynomial for small x, {@code 1 - 2 / (1 + e^2x)} with x's sign
 * beyond.
 */
final class Tanh {
  /** tanh x / x in x^2, to 1e-7 below 0.625. */
  private static final float T0 = 0.9999999f;

  private static final float T1 = -0.33331954f;
  private static final float T2 = 0.13304526f;
  private static final float T3 = -0.051821865f;
  private static final float T4 = 0.015050945f;
  private static final float SMALL = 0.625f;

  /** Beyond it the result is 1. */
  private static final float LARGE = 20;

  private Tanh() {}

  /** {@code y = outer tanh(inner x)}; y may be x. */
  static void run(long x, float inner, float outer, long y, int count) {
    long at = x;
    long vectors = x + 4L * (count & -Lanes.COUNT);
    long toY = y - x;
    while (at != vectors) {
      FloatVector value = FloatVector.fromMemorySegment(F32, ALL, at, LE).mul(inner);
      FloatVector z = value.mul(value);
      FloatVector small = z.fma(FloatVector.broadcast(F32, T4), FloatVector.broadcast(F32, T3));
      small = small.fma(z, FloatVector.broadcast(F32, T2));
      small = small.fma(z, FloatVector.broadcast(F32, T1));
      small = small.fma(z, FloatVector.broadcast(F32, T0)).mul(value);
      FloatVector size = value.abs();
      FloatVector u = size.blend(LARGE, size.compare(GT, LARGE));
      u = u.add(u);
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
      FloatVector large = one.sub(FloatVector.broadcast(F32, 2).div(p.fma(power, one)));
      large = large.blend(large.neg(), value.compare(LT, 0));
      small.blend(large, size.compare(GE, SMALL)).mul(outer).intoMemorySegment(ALL, at + toY, LE);
      at += Lanes.BYTES;
    }
    long end = x + 4L * count;
    while (at != end) {
      ALL.set(Memory.F32, at + toY, tanh(ALL.get(Memory.F32, at) * inner) * outer);
      at += 4;
    }
  }

  private static float tanh(float x) {
    float size = Math.abs(x);
    if (size >= SMALL) {
      float u = size > LARGE ? LARGE : size;
      float large = 1f - 2f / (Exp.bounded(u + u) + 1f);
      return x < 0 ? -large : large;
    }
    float z = x * x;
    float p = Math.fma(Math.fma(z, T4, T3), z, T2);
    return Math.fma(Math.fma(p, z, T1), z, T0) * x;
  }
}
