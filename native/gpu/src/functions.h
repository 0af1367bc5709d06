/* More functions of one number, and those of two. No kernel of its own; families include it. */

#include "activation.h"

/* Numbered as Elementwise.Function of the graph. */
enum {
  E_SIN, E_COS, E_TAN, E_ASIN, E_ACOS, E_ATAN, E_SINH, E_COSH, E_ASINH, E_ACOSH, E_ATANH, E_CEIL, E_FLOOR, E_ROUND,
  E_SIGN, E_SOFTSIGN, E_SOFTPLUS, E_MISH, E_HARD_SWISH, E_ELU, E_CELU, E_SELU, E_LEAKY_RELU, E_THRESHOLDED_RELU,
  E_HARD_SIGMOID, E_SHRINK
};

/* exp(x) - 1 without losing the digits that cancel: its series near 0. */
DEVICE float exp_minus_1(float x) {
  if (x > -0.25f && x < 0.25f) {
    return x * (1.0f + x * (0.5f + x * (1.6666667e-1f + x * (4.1666668e-2f + x * (8.3333333e-3f + x * 1.3888889e-3f)))));
  }
  return m_exp(x) - 1.0f;
}

/* log(1 + x) likewise, by the error of 1 + x (Goldberg 1991, theorem 4). */
DEVICE float log_plus_1(float x) {
  float w = 1.0f + x;
  return w == 1.0f ? x : m_log(w) * (x / (w - 1.0f));
}

DEVICE float softplus(float x) { return (x > 0.0f ? x : 0.0f) + log_plus_1(m_exp(-m_abs(x))); }

DEVICE float clamp_to(float x, float low, float high) { return x < low ? low : x > high ? high : x; }

/* A function of graph op Elementwise; a and b are its attributes. */
DEVICE float elementwise(int function, float x, float a, float b) {
  switch (function) {
    case E_SIN: return m_sin(x);
    case E_COS: return m_cos(x);
    case E_TAN: return m_tan(x);
    case E_ASIN: return m_asin(x);
    case E_ACOS: return m_acos(x);
    case E_ATAN: return m_atan(x);
    case E_SINH: {
      float half_way = exp_minus_1(m_abs(x) * 0.5f);
      /* sinh(2 t) from e = exp(t) - 1, which does not overflow where sinh(2 t) does not. */
      float e = half_way * (half_way + 2.0f);
      float y = m_abs(x) > 60.0f ? 0.5f * (half_way + 1.0f) * (half_way + 1.0f) : 0.5f * (e + e / (e + 1.0f));
      return x < 0.0f ? -y : y;
    }
    case E_COSH: {
      float root = m_exp(m_abs(x) * 0.5f);
      return 0.5f * root * root + 0.5f / (root * root);
    }
    case E_ASINH: {
      float t = m_abs(x);
      float y = t > 1e9f ? m_log(t) + 0.69314718f : log_plus_1(t + t * t / (1.0f + m_sqrt(t * t + 1.0f)));
      return x < 0.0f ? -y : y;
    }
    case E_ACOSH: {
      float t = x - 1.0f;
      return x > 1e9f ? m_log(x) + 0.69314718f : log_plus_1(t + m_sqrt(t * (t + 2.0f)));
    }
    case E_ATANH: return 0.5f * (log_plus_1(x) - log_plus_1(-x));
    case E_CEIL: return m_ceil(x);
    case E_FLOOR: return m_floor(x);
    case E_ROUND: return m_rint(x);
    case E_SIGN: return x > 0.0f ? 1.0f : x < 0.0f ? -1.0f : x;
    case E_SOFTSIGN: return x / (1.0f + m_abs(x));
    case E_SOFTPLUS: return softplus(x);
    case E_MISH: return x * m_tanh(softplus(x));
    case E_HARD_SWISH: return x * clamp_to(x / 6.0f + 0.5f, 0.0f, 1.0f);
    case E_ELU: return x < 0.0f ? a * exp_minus_1(x) : x;
    case E_CELU: {
      float below = a * exp_minus_1(x / a);
      return (x > 0.0f ? x : 0.0f) + (below < 0.0f ? below : 0.0f);
    }
    case E_SELU: return b * (x <= 0.0f ? a * exp_minus_1(x) : x);
    case E_LEAKY_RELU: return x < 0.0f ? a * x : x;
    case E_THRESHOLDED_RELU: return x > a ? x : 0.0f;
    case E_HARD_SIGMOID: return clamp_to(a * x + b, 0.0f, 1.0f);
    default: return x < -b ? x + a : x > b ? x - a : 0.0f;
  }
}

/* Numbered as Binary.Function of the graph; then Mod, with the sign of the divisor and with that of the dividend. */
enum { B_ADD, B_SUB, B_MUL, B_DIV, B_POW, B_MAX, B_MIN, B_MOD, B_FMOD };

/* A function of graph ops Binary and Mod. The larger or smaller of a number and NaN is NaN. */
DEVICE float binary(int function, float a, float b) {
  switch (function) {
    case B_ADD: return a + b;
    case B_SUB: return a - b;
    case B_MUL: return a * b;
    case B_DIV: return a / b;
    case B_POW: return m_pow(a, b);
    case B_MAX: return a > b || m_isnan(a) ? a : b;
    case B_MOD: {
      float rest = m_fmod(a, b);
      return rest == 0.0f || (rest < 0.0f) == (b < 0.0f) ? rest : rest + b;
    }
    case B_FMOD: return m_fmod(a, b);
    default: return a < b || m_isnan(a) ? a : b;
  }
}
