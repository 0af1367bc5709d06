package dev.gatun.vector.op;

import dev.gatun.vector.simd.Lanes;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * Activation functions of a vector and, by the same operations, of one number: results do not
 * depend on an element's place in memory.
 */
final class Activations {
  /** Stands for minus infinity where infinity over infinity would come out. */
  private static final float LOWEST = -1e38f;

  private static final float GELU_LINEAR = -1.5957692f; // -2 sqrt(2 / pi)
  private static final float GELU_CUBIC = -0.071354814f; // times 0.044715
  private static final float HALF_SQRT = 0.70710677f;

  /** tanh x / x in x^2, to 1e-7 below 0.625. */
  private static final float T0 = 0.9999999f;

  private static final float T1 = -0.33331954f;
  private static final float T2 = 0.13304526f;
  private static final float T3 = -0.051821865f;
  private static final float T4 = 0.015050945f;
  private static final float TANH_SMALL = 0.625f;

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

  private Activations() {}

  private static FloatVector lowest(FloatVector x) {
    return x.blend(LOWEST, x.compare(VectorOperators.LT, LOWEST));
  }

  private static float lowest(float x) {
    return x < LOWEST ? LOWEST : x;
  }

  /** {@code 1 / (1 + e^-x)}. */
  static FloatVector sigmoid(FloatVector x) {
    return Lanes.fill(1f).div(Exp.exp(x.neg()).add(1f));
  }

  static float sigmoid(float x) {
    return 1f / (Exp.exp(-x) + 1f);
  }

  /** {@code x / (1 + e^-x)}; 0 at minus infinity. */
  static FloatVector silu(FloatVector x) {
    return lowest(x).div(Exp.exp(x.neg()).add(1f));
  }

  static float silu(float x) {
    return lowest(x) / (Exp.exp(-x) + 1f);
  }

  /**
   * {@code x / (1 + e^-2u)} with {@code u = sqrt(2 / pi) (x + 0.044715 x^3)}: GELU in the form with
   * the hyperbolic tangent (Hendrycks and Gimpel 2016).
   */
  static FloatVector geluTanh(FloatVector x) {
    FloatVector factor = x.mul(x).fma(Lanes.fill(GELU_CUBIC), Lanes.fill(GELU_LINEAR));
    return lowest(x).div(Exp.exp(x.mul(factor)).add(1f));
  }

  static float geluTanh(float x) {
    float factor = Math.fma(x * x, GELU_CUBIC, GELU_LINEAR);
    return lowest(x) / (Exp.exp(x * factor) + 1f);
  }

  /** A polynomial for small x, {@code 1 - 2 / (1 + e^2x)} with x's sign beyond. */
  static FloatVector tanh(FloatVector x) {
    FloatVector size = x.abs();
    FloatVector z = x.mul(x);
    FloatVector p = z.fma(Lanes.fill(T4), Lanes.fill(T3));
    p = p.fma(z, Lanes.fill(T2)).fma(z, Lanes.fill(T1)).fma(z, Lanes.fill(T0)).mul(x);
    FloatVector large = Lanes.fill(1f).sub(Lanes.fill(2f).div(Exp.exp(size.add(size)).add(1f)));
    VectorMask<Float> negative = x.compare(VectorOperators.LT, 0f);
    large = large.blend(large.neg(), negative);
    return p.blend(large, size.compare(VectorOperators.GE, TANH_SMALL));
  }

  static float tanh(float x) {
    float size = Math.abs(x);
    if (size >= TANH_SMALL) {
      float large = 1f - 2f / (Exp.exp(size + size) + 1f);
      return x < 0 ? -large : large;
    }
    float z = x * x;
    float p = Math.fma(z, T4, T3);
    return Math.fma(Math.fma(Math.fma(p, z, T2), z, T1), z, T0) * x;
  }

  /** The error function: a polynomial below 1, one minus e^-x^2 times a polynomial above. */
  static FloatVector erf(FloatVector x) {
    FloatVector size = x.abs().min(6f);
    FloatVector z = size.mul(size);
    FloatVector s = z.fma(Lanes.fill(S6), Lanes.fill(S5)).fma(z, Lanes.fill(S4));
    s = s.fma(z, Lanes.fill(S3)).fma(z, Lanes.fill(S2)).fma(z, Lanes.fill(S1));
    s = s.fma(z, Lanes.fill(S0)).mul(size);
    FloatVector t = Lanes.fill(1f).div(size.fma(Lanes.fill(0.5f), Lanes.fill(1f)));
    FloatVector c = t.fma(Lanes.fill(C6), Lanes.fill(C5)).fma(t, Lanes.fill(C4));
    c = c.fma(t, Lanes.fill(C3)).fma(t, Lanes.fill(C2)).fma(t, Lanes.fill(C1));
    c = c.fma(t, Lanes.fill(C0));
    FloatVector large = Lanes.fill(1f).sub(c.mul(Exp.exp(z.neg())));
    FloatVector y = s.blend(large, size.compare(VectorOperators.GE, 1f));
    return y.blend(y.neg(), x.compare(VectorOperators.LT, 0f));
  }

  static float erf(float x) {
    float size = Math.min(Math.abs(x), 6f);
    float z = size * size;
    float y;
    if (size >= 1f) {
      float t = 1f / Math.fma(size, 0.5f, 1f);
      float c = Math.fma(Math.fma(Math.fma(t, C6, C5), t, C4), t, C3);
      c = Math.fma(Math.fma(Math.fma(c, t, C2), t, C1), t, C0);
      y = 1f - c * Exp.exp(-z);
    } else {
      float s = Math.fma(Math.fma(Math.fma(z, S6, S5), z, S4), z, S3);
      y = Math.fma(Math.fma(Math.fma(s, z, S2), z, S1), z, S0) * size;
    }
    return x < 0 ? -y : y;
  }

  /** {@code x (1 + erf(x / sqrt 2)) / 2}; 0 at minus infinity. */
  static FloatVector gelu(FloatVector x) {
    return lowest(x).mul(0.5f).mul(erf(x.mul(HALF_SQRT)).add(1f));
  }

  static float gelu(float x) {
    return lowest(x) * 0.5f * (erf(x * HALF_SQRT) + 1f);
  }

  static FloatVector relu(FloatVector x) {
    return x.blend(0f, x.compare(VectorOperators.LT, 0f));
  }

  static float relu(float x) {
    return x < 0 ? 0 : x;
  }
}
