/*
 * Integers of any width and BOOL, element by element: arithmetic, comparisons, logic, bits; and which numbers are NaN or
 * infinite. All kernels: one thread per element of y, any number of threads; groups of 256 are meant.
 */

#include "pair.h"
#include "dtypes.h"

/* Numbered as Binary.Function of the graph, then Mod as in functions.h, then Bits.Function. */
enum {
  W_ADD, W_SUB, W_MUL, W_DIV, W_POW, W_MAX, W_MIN, W_MOD, W_FMOD, W_AND, W_OR, W_XOR, W_NOT, W_BITWISE_AND, W_BITWISE_OR,
  W_BITWISE_XOR, W_BITWISE_NOT, W_SHIFT_LEFT, W_SHIFT_RIGHT
};

DEVICE int64 power(int64 base, int64 exponent) {
  if (exponent < 0) return base == 1 ? 1 : base == -1 ? (exponent % 2 == 0 ? 1 : -1) : 0;
  uint64 result = 1, factor = (uint64)base;
  for (uint64 left = (uint64)exponent; left != 0; left >>= 1) {
    if (left & 1) result *= factor;
    factor *= factor;
  }
  return (int64)result;
}

/* A quotient is rounded towards zero; by 0 it is 0, and so is the rest: the device cannot raise an error. */
DEVICE int64 quotient(int64 a, int64 b, bool large) {
  if (b == 0) return 0;
  if (large) return (int64)((uint64)a / (uint64)b);
  return b == -1 ? (int64)(0 - (uint64)a) : a / b;
}

/* What is computed modulo 2^64 is right modulo the element's own width, which the store keeps. large: U64. */
DEVICE int64 whole(int function, int64 a, int64 b, bool large) {
  switch (function) {
    case W_ADD: return (int64)((uint64)a + (uint64)b);
    case W_SUB: return (int64)((uint64)a - (uint64)b);
    case W_MUL: return (int64)((uint64)a * (uint64)b);
    case W_DIV: return quotient(a, b, large);
    case W_POW: return power(a, b);
    case W_MAX: return (large ? (uint64)a > (uint64)b : a > b) ? a : b;
    case W_MIN: return (large ? (uint64)a < (uint64)b : a < b) ? a : b;
    case W_MOD:
    case W_FMOD: {
      if (b == 0) return 0;
      int64 rest = (int64)((uint64)a - (uint64)quotient(a, b, large) * (uint64)b);
      return function == W_FMOD || large || rest == 0 || (rest < 0) == (b < 0) ? rest : rest + b;
    }
    case W_AND:
    case W_BITWISE_AND: return a & b;
    case W_OR:
    case W_BITWISE_OR: return a | b;
    case W_XOR:
    case W_BITWISE_XOR: return a ^ b;
    case W_NOT: return a == 0;
    case W_BITWISE_NOT: return ~a;
    case W_SHIFT_LEFT: return b > 63 || b < 0 ? 0 : (int64)((uint64)a << b);
    default: return b > 63 || b < 0 ? 0 : (int64)((uint64)a >> b);
  }
}

/* y = f(a, b): Binary, Mod, Bits. y: [count], one after the other; may be the memory of an input with y's shape. */
KERNEL(binary_whole, GLOBAL const void *a, GLOBAL const void *b, GLOBAL void *y, PARAMS(PairParams) p) {
  int i = GLOBAL_ID_X;
  if (INSIDE(i < p.count)) {
    int64 u = load_whole(a, offset_of(i, p.rank, p.extent, p.a), p.dtype);
    int64 v = load_whole(b, offset_of(i, p.rank, p.extent, p.b), p.dtype);
    store_whole(y, i, p.dtype, whole(p.function, u, v, p.dtype == T_U64));
  }
}

/* y = a compared with b: Comparison. y: bool [count], a byte each, 0 or 1. */
KERNEL(compare_whole, GLOBAL const void *a, GLOBAL const void *b, GLOBAL uint8_t *y, PARAMS(PairParams) p) {
  int i = GLOBAL_ID_X;
  if (INSIDE(i < p.count)) {
    int64 u = load_whole(a, offset_of(i, p.rank, p.extent, p.a), p.dtype);
    int64 v = load_whole(b, offset_of(i, p.rank, p.extent, p.b), p.dtype);
    y[i] = p.dtype == T_U64 ? compared<uint64>(p.function, (uint64)u, (uint64)v) : compared<int64>(p.function, u, v);
  }
}

struct NumberTestParams {
  int count;
  int dtype;
  int nan;
  int negative;
  int positive;
};

/* y = x is NaN, or an infinity of a sign that counts: NumberTest. x: of a floating-point dtype; y: bool [count]. */
KERNEL(number_test, GLOBAL const void *x, GLOBAL uint8_t *y, PARAMS(NumberTestParams) p) {
  int i = GLOBAL_ID_X;
  if (INSIDE(i < p.count)) {
    float value = load_float(x, i, p.dtype);
    uint bits = float_bits(value);
    y[i] = p.nan ? m_isnan(value) : (p.positive && bits == 0x7f800000u) || (p.negative && bits == 0xff800000u);
  }
}
