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
 * The error function (a polynomial below 1, one minus e^-x^2 times a polynomial above), and GELU,
 * {@code x (1 + erf(x / sqrt 2)) / 2}, which is 0 at minus infinity.
 */
final class Erf {
  private static final float HALF_SQRT = 0.70710677f;

  /** Stands for minus infinity where infinity times 0 would come out. */
  private static final float LOWEST = -1e38f;

  /** Beyond it the result is 1. */
  private static final float LARGE = 6;

  /** erf x / x in x^2, to 2e-9 below 1. */
  private static final float S0 = 1.1283791f;

  private static final float S1 = -0.37612626f;
  private static final float S2 = 0.112836f;
  private static final float S3 = -0.026854444f;
  private static final float S4 = 0.0051895357f;
  private static final float S5 = -8.020842e-4f;
  private static final float S6 = 7.889123e-5f;

  /** e^(x^2) (1 - erf x) in t = 1 / (1 + x / 2), to 4e-8 relative for x from 1 to 4.2. */
  private static final float C0 = 4.709180e-4f;

  private static final float C1 = 0.27533945f;
  private static final float C2 = 0.32183492f;
  private static final float C3 = 0.12610744f;
  private static final float C4 = 0.3657394f;
  private static final float C5 = -0.02651854f;
  private static final float C6 = -0.06381691f;

  private Erf() {}

  /** y may be x. */
  static void erf(long x, long y, int count) {
    run(x, 1, false, y, count);
  }

  /** y may be x. */
  static void gelu(long x, long y, int count) {
    run(x, HALF_SQRT, true, y, count);
  }

  private static void run(long x, float inner, boolean gelu, long y, int count) {
    long at = x;
    long vectors = x + 4L * (count & -Lanes.COUNT);
    long toY = y - x;
    while (at != vectors) {
      FloatVector whole = FloatVector.fromMemorySegment(F32, ALL, at, LE);
      FloatVector value = whole.mul(inner);
      FloatVector size = value.abs();
      size = size.blend(LARGE, size.compare(GT, LARGE));
      FloatVector z = size.mul(size);
      FloatVector s = z.fma(FloatVector.broadcast(F32, S6), FloatVector.broadcast(F32, S5));
      s = s.fma(z, FloatVector.broadcast(F32, S4));
      s = s.fma(z, FloatVector.broadcast(F32, S3));
      s = s.fma(z, FloatVector.broadcast(F32, S2));
      s = s.fma(z, FloatVector.broadcast(F32, S1));
      s = s.fma(z, FloatVector.broadcast(F32, S0)).mul(size);
      FloatVector one = FloatVector.broadcast(F32, 1);
      FloatVector t = one.div(size.fma(FloatVector.broadcast(F32, 0.5f), one));
      FloatVector c = t.fma(FloatVector.broadcast(F32, C6), FloatVector.broadcast(F32, C5));
      c = c.fma(t, FloatVector.broadcast(F32, C4));
      c = c.fma(t, FloatVector.broadcast(F32, C3));
      c = c.fma(t, FloatVector.broadcast(F32, C2));
      c = c.fma(t, FloatVector.broadcast(F32, C1));
      c = c.fma(t, FloatVector.broadcast(F32, C0));
      FloatVector u = z.neg();
      FloatVector round = FloatVector.broadcast(F32, Exp.ROUND_BIASED);
      FloatVector shifted = u.fma(FloatVector.broadcast(F32, Exp.LOG2_E), round);
      FloatVector n = shifted.sub(round);
      FloatVector r = n.fma(FloatVector.broadcast(F32, Exp.LN2_HIGH), u);
      r = n.fma(FloatVector.broadcast(F32, Exp.LN2_LOW), r);
      FloatVector p = r.fma(FloatVector.broadcast(F32, Exp.Q4), FloatVector.broadcast(F32, Exp.Q3));
      p = p.fma(r, FloatVector.broadcast(F32, Exp.Q2));
      p = p.fma(r, FloatVector.broadcast(F32, Exp.Q1));
      p = p.fma(r, FloatVector.broadcast(F32, Exp.Q0));
      p = p.mul(r).fma(r, r).add(one);
      FloatVector power = shifted.reinterpretAsInts().lanewise(LSHL, 23).reinterpretAsFloats();
      FloatVector result = s.blend(one.sub(c.mul(p.mul(power))), size.compare(GE, 1));
      result = result.blend(result.neg(), value.compare(LT, 0));
      if (gelu) {
        whole
            .blend(LOWEST, whole.compare(LT, LOWEST))
            .mul(0.5f)
            .mul(result.add(one))
            .intoMemorySegment(ALL, at + toY, LE);
      } else {
        result.intoMemorySegment(ALL, at + toY, LE);
      }
      at += Lanes.BYTES;
    }
    long end = x + 4L * count;
    while (at != end) {
      float whole = ALL.get(Memory.F32, at);
      float result = erf(whole * inner);
      if (gelu) {
        result = (whole < LOWEST ? LOWEST : whole) * 0.5f * (result + 1f);
      }
      ALL.set(Memory.F32, at + toY, result);
      at += 4;
    }
  }

  private static float erf(float x) {
    float size = Math.abs(x);
    size = size > LARGE ? LARGE : size;
    float z = size * size;
    float y;
    if (size >= 1f) {
      float t = 1f / Math.fma(size, 0.5f, 1f);
      float c = Math.fma(Math.fma(Math.fma(t, C6, C5), t, C4), t, C3);
      c = Math.fma(Math.fma(Math.fma(c, t, C2), t, C1), t, C0);
      y = 1f - c * Exp.bounded(-z);
    } else {
      float s = Math.fma(Math.fma(Math.fma(z, S6, S5), z, S4), z, S3);
      y = Math.fma(Math.fma(Math.fma(s, z, S2), z, S1), z, S0) * size;
    }
    return x < 0 ? -y : y;
  }
}
