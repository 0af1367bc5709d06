/* Elementary functions on vectors. Infinities and NaN go where mathematics sends them. */
#ifndef GATUN_FUNCTION_H
#define GATUN_FUNCTION_H

#include "gatun_cpu.h"

/*
 * e^x within two units in the last place: x = n ln 2 + r with ln 2 in two parts (Cody and Waite
 * 1980), the Taylor polynomial of degree 7 on |r| <= ln 2 / 2, and 2^n in two factors, so that
 * subnormal results are right, too.
 */
INLINE floats exponential(floats x) {
  floats bounded = smaller(larger(x, spread(-110)), spread(90));
  floats shifted = fused(bounded, spread(1.44269504f), spread(12582912.0f));
  ints n = floats_to_bits(shifted) - floats_to_bits(spread(12582912.0f));
  floats whole = shifted - 12582912.0f;
  floats r = fused(whole, spread(-0.693359375f), bounded);
  r = fused(whole, spread(2.12194440e-4f), r);
  floats y = spread(1.0f / 5040);
  y = fused(y, r, spread(1.0f / 720));
  y = fused(y, r, spread(1.0f / 120));
  y = fused(y, r, spread(1.0f / 24));
  y = fused(y, r, spread(1.0f / 6));
  y = fused(y, r, spread(0.5f));
  y = fused(y, r, spread(1));
  y = fused(y, r, spread(1));
  ints half = n >> 1;
  y *= bits_to_floats((half + 127) << 23);
  y *= bits_to_floats((n - half + 127) << 23);
  return choose(x == x, y, x);
}

INLINE floats sigmoid(floats x) { return 1.0f / (1.0f + exponential(-x)); }

/* x s, with the limit 0 at minus infinity. */
INLINE floats weighted(floats x, floats s) {
  return choose(x == -__builtin_inff(), (floats){0}, x * s);
}

/* By e^2|x|; below 0.625 the odd polynomial of Cephes (Moshier 1989), which keeps small x exact. */
INLINE floats hyperbolic_tangent(floats x) {
  floats size = bits_to_floats(floats_to_bits(x) & 0x7fffffff);
  floats large = 1.0f - 2.0f / (exponential(size + size) + 1.0f);
  large = bits_to_floats(floats_to_bits(large) | (floats_to_bits(x) & (int32_t)0x80000000));
  floats z = x * x;
  floats y = spread(-5.70498872745e-3f);
  y = fused(y, z, spread(2.06390887954e-2f));
  y = fused(y, z, spread(-5.37397155531e-2f));
  y = fused(y, z, spread(1.33314422036e-1f));
  y = fused(y, z, spread(-3.33332819422e-1f));
  floats small = fused(y * z, x, x);
  return choose(size < 0.625f, small, large);
}

/* Hendrycks and Gimpel 2016, with (1 + tanh u) / 2 as the sigmoid of 2u. */
INLINE floats gelu_tanh(floats x) {
  floats inner = x * fused(x * x, spread(0.0713548162726f), spread(1.59576912161f));
  return weighted(x, sigmoid(inner));
}

/*
 * erf x: below 1 x times a polynomial in x^2 (to 2e-9), above 1 - e^-x^2 times one in 1 / (1 + x / 2)
 * (to 4e-8 relative up to 4.2).
 */
INLINE floats error_function(floats x) {
  floats size = smaller(bits_to_floats(floats_to_bits(x) & 0x7fffffff), spread(6));
  floats z = size * size;
  floats s = spread(7.889123e-5f);
  s = fused(s, z, spread(-8.020842e-4f));
  s = fused(s, z, spread(0.0051895357f));
  s = fused(s, z, spread(-0.026854444f));
  s = fused(s, z, spread(0.112836f));
  s = fused(s, z, spread(-0.37612626f));
  s = fused(s, z, spread(1.1283791f)) * size;
  floats t = 1.0f / fused(size, spread(0.5f), spread(1));
  floats c = spread(-0.06381691f);
  c = fused(c, t, spread(-0.02651854f));
  c = fused(c, t, spread(0.3657394f));
  c = fused(c, t, spread(0.12610744f));
  c = fused(c, t, spread(0.32183492f));
  c = fused(c, t, spread(0.27533945f));
  c = fused(c, t, spread(4.709180e-4f));
  floats y = choose(size < 1.0f, s, 1.0f - c * exponential(-z));
  y = bits_to_floats(floats_to_bits(y) | (floats_to_bits(x) & (int32_t)0x80000000));
  return choose(x == x, y, x);
}

/* x (1 + erf(x / sqrt 2)) / 2, with the limit 0 at minus infinity. */
INLINE floats gelu(floats x) {
  return weighted(x, 0.5f * (error_function(x * 0.70710677f) + 1.0f));
}

INLINE floats apply(int64_t function, floats x) {
  switch (function) {
    case GATUN_CPU_NEG:
      return -x;
    case GATUN_CPU_ABS:
      return bits_to_floats(floats_to_bits(x) & 0x7fffffff);
    case GATUN_CPU_EXP:
      return exponential(x);
    case GATUN_CPU_RECIPROCAL:
      return 1.0f / x;
    case GATUN_CPU_SIGMOID:
      return sigmoid(x);
    case GATUN_CPU_TANH:
      return hyperbolic_tangent(x);
    case GATUN_CPU_SILU:
      return weighted(x, sigmoid(x));
    case GATUN_CPU_GELU_TANH:
      return gelu_tanh(x);
    case GATUN_CPU_SQRT:
      return square_root(x);
    case GATUN_CPU_ERF:
      return error_function(x);
    case GATUN_CPU_GELU:
      return gelu(x);
    default:
      return choose(x < 0.0f, (floats){0}, x);
  }
}

/* NaN when either is; of two zeros the one with the wanted sign. */
INLINE floats extreme(ints first, floats a, floats b, ints equal) {
  floats y = choose(a == b, bits_to_floats(equal), choose(first, a, b));
  return choose(a == a, choose(b == b, y, b), a);
}

INLINE floats apply2(int64_t function, floats a, floats b) {
  switch (function) {
    case GATUN_CPU_ADD:
      return a + b;
    case GATUN_CPU_SUB:
      return a - b;
    case GATUN_CPU_MUL:
      return a * b;
    case GATUN_CPU_MAX:
      return extreme(a > b, a, b, floats_to_bits(a) & floats_to_bits(b));
    case GATUN_CPU_MIN:
      return extreme(a < b, a, b, floats_to_bits(a) | floats_to_bits(b));
    default:
      return a / b;
  }
}

#endif
