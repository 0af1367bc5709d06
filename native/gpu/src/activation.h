/* Functions of one number, numbered as Unary.Function of the graph is. */

#define FUNCTION_NEG 0
#define FUNCTION_ABS 1
#define FUNCTION_EXP 2
#define FUNCTION_LOG 3
#define FUNCTION_SQRT 4
#define FUNCTION_RECIPROCAL 5
#define FUNCTION_SIGMOID 6
#define FUNCTION_TANH 7
#define FUNCTION_ERF 8
#define FUNCTION_SILU 9
#define FUNCTION_GELU 10
#define FUNCTION_GELU_TANH 11
#define FUNCTION_RELU 12

DEVICE float sigmoid(float x) { return 1.0f / (1.0f + m_exp(-x)); }

/* x s, with the limit 0 at minus infinity. */
DEVICE float weighted(float x, float s) { return s == 0.0f ? 0.0f : x * s; }

DEVICE float activation(int function, float x) {
  switch (function) {
    case FUNCTION_NEG:
      return -x;
    case FUNCTION_ABS:
      return m_abs(x);
    case FUNCTION_EXP:
      return m_exp(x);
    case FUNCTION_LOG:
      return m_log(x);
    case FUNCTION_SQRT:
      return m_sqrt(x);
    case FUNCTION_RECIPROCAL:
      return 1.0f / x;
    case FUNCTION_SIGMOID:
      return sigmoid(x);
    case FUNCTION_TANH:
      return m_tanh(x);
    case FUNCTION_ERF:
      return m_erf(x);
    case FUNCTION_SILU:
      return weighted(x, sigmoid(x));
    case FUNCTION_GELU:
      return weighted(x, 0.5f * (1.0f + m_erf(x * 0.70710678f)));
    case FUNCTION_GELU_TANH:
      /* (1 + tanh u) / 2 = sigmoid(2 u), with u = sqrt(2 / pi) (x + 0.044715 x^3): Hendrycks and Gimpel 2016. */
      return weighted(x, sigmoid(x * (1.59576912f + 0.0713548163f * x * x)));
    default:
      return m_isnan(x) ? x : m_max(x, 0.0f);
  }
}
