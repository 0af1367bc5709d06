/*
 * Numbers of double precision, on GPUs that have them: Metal has not. One thread per element of y, but where a kernel says
 * otherwise.
 */

#include "functions.h"
#include "pair.h"
#include "dtypes.h"

#ifdef GATUN_DOUBLE

/* Numbered as Reduce.Function of the graph. */
enum { DR_SUM, DR_MEAN, DR_MAX, DR_MIN, DR_PROD };

struct DoubleCastParams {
  int count;
  int from;
  int to;
};

/* y[i] = x[i] as another dtype: Cast from or to F64. To integers towards zero; what does not fit is undefined. */
KERNEL(cast_f64, GLOBAL const void *x, GLOBAL void *y, PARAMS(DoubleCastParams) p) {
  int i = GLOBAL_ID_X;
  if (!INSIDE(i < p.count)) return;
  double value = p.from == T_F64 ? ((GLOBAL const double *)x)[i]
                 : p.from <= T_BF16 ? (double)load_float(x, i, p.from)
                                    : (double)load_whole(x, i, p.from);
  if (p.to == T_F64) {
    ((GLOBAL double *)y)[i] = value;
  } else if (p.to <= T_BF16) {
    store_float(y, i, p.to, (float)value);
  } else {
    store_whole(y, i, p.to, p.to == T_BOOL ? (int64)(value != 0.0) : (int64)value);
  }
}

struct DoubleUnaryParams {
  int count;
  int function;
};

DEVICE double double_sigmoid(double x) { return 1.0 / (1.0 + d_exp(-x)); }

/* As activation. */
DEVICE double double_activation(int function, double x) {
  double s;
  switch (function) {
    case FUNCTION_NEG: return -x;
    case FUNCTION_ABS: return d_abs(x);
    case FUNCTION_EXP: return d_exp(x);
    case FUNCTION_LOG: return d_log(x);
    case FUNCTION_SQRT: return d_sqrt(x);
    case FUNCTION_RECIPROCAL: return 1.0 / x;
    case FUNCTION_SIGMOID: return double_sigmoid(x);
    case FUNCTION_TANH: return d_tanh(x);
    case FUNCTION_ERF: return d_erf(x);
    case FUNCTION_SILU: s = double_sigmoid(x); break;
    case FUNCTION_GELU: s = 0.5 * (1.0 + d_erf(x * 0.70710678118654752)); break;
    case FUNCTION_GELU_TANH: s = double_sigmoid(x * (1.5957691216057308 + 0.071354816272600298 * x * x)); break;
    default: return x > 0.0 || x != x ? x : 0.0;
  }
  return s == 0.0 ? 0.0 : x * s;
}

/* y[i] = f(x[i]): Unary. */
KERNEL(unary_f64, GLOBAL const double *x, GLOBAL double *y, PARAMS(DoubleUnaryParams) p) {
  int i = GLOBAL_ID_X;
  if (INSIDE(i < p.count)) y[i] = double_activation(p.function, x[i]);
}

/* The larger or smaller of a number and NaN is NaN. */
DEVICE double double_pair(int function, double a, double b) {
  switch (function) {
    case B_ADD: return a + b;
    case B_SUB: return a - b;
    case B_MUL: return a * b;
    case B_DIV: return a / b;
    case B_POW: return d_pow(a, b);
    case B_MAX: return a > b || a != a ? a : b;
    case B_MOD: {
      double rest = d_fmod(a, b);
      return rest == 0.0 || (rest < 0.0) == (b < 0.0) ? rest : rest + b;
    }
    case B_FMOD: return d_fmod(a, b);
    default: return a < b || a != a ? a : b;
  }
}

/* y = f(a, b): Binary, Mod. */
KERNEL(binary_f64, GLOBAL const double *a, GLOBAL const double *b, GLOBAL double *y, PARAMS(PairParams) p) {
  int i = GLOBAL_ID_X;
  if (INSIDE(i < p.count)) {
    y[i] = double_pair(p.function, a[offset_of(i, p.rank, p.extent, p.a)], b[offset_of(i, p.rank, p.extent, p.b)]);
  }
}

/* y = a compared with b: Comparison. y: bool [count]. */
KERNEL(compare_f64, GLOBAL const double *a, GLOBAL const double *b, GLOBAL uint8_t *y, PARAMS(PairParams) p) {
  int i = GLOBAL_ID_X;
  if (INSIDE(i < p.count)) {
    y[i] = compared<double>(
        p.function, a[offset_of(i, p.rank, p.extent, p.a)], b[offset_of(i, p.rank, p.extent, p.b)]);
  }
}

struct DoubleReduceParams {
  int outer;
  int n;
  int inner;
  int function;
  int count;
};

/* y[o, i] = reduction of x[o, .., i]: as reduce_axis_f32. */
KERNEL(reduce_axis_f64, GLOBAL const double *x, GLOBAL double *y, PARAMS(DoubleReduceParams) p) {
  int i = GLOBAL_ID_X;
  if (!INSIDE(i < p.outer * p.inner)) return;
  int o = i / p.inner;
  GLOBAL const double *from = x + o * p.n * p.inner + i - o * p.inner;
  double infinite = (double)bits_float(0x7f800000u);
  double sum = p.function == DR_MAX ? -infinite : p.function == DR_MIN ? infinite : p.function == DR_PROD ? 1.0 : 0.0;
  for (int j = 0; j < p.n; j++) {
    double next = from[j * p.inner];
    switch (p.function) {
      case DR_MAX: sum = double_pair(B_MAX, sum, next); break;
      case DR_MIN: sum = double_pair(B_MIN, sum, next); break;
      case DR_PROD: sum *= next; break;
      default: sum += next;
    }
  }
  y[i] = p.function == DR_MEAN ? sum / (double)p.count : sum;
}

struct DoubleSumsParams {
  int outer;
  int n;
  int inner;
  int exclusive;
  int reverse;
};

/* y[o, j, i] = sum of x[o, ..j, i]: CumSum. A thread per line. */
KERNEL(cum_sum_f64, GLOBAL const double *x, GLOBAL double *y, PARAMS(DoubleSumsParams) p) {
  int i = GLOBAL_ID_X;
  if (!INSIDE(i < p.outer * p.inner)) return;
  int o = i / p.inner;
  int from = o * p.n * p.inner + i - o * p.inner;
  double sum = 0.0;
  for (int j = 0; j < p.n; j++) {
    int at = from + (p.reverse ? p.n - 1 - j : j) * p.inner;
    double next = x[at];
    y[at] = p.exclusive ? sum : sum + next;
    sum += next;
  }
}

struct DoubleEinsumParams {
  int count;
  int run;
  int rank;
  int sum_rank;
  int pair;
  int extent[AXES];
  int x[AXES];
  int z[AXES];
  int sum_extent[AXES];
  int sum_x[AXES];
  int sum_z[AXES];
};

/* y[i] = sum over run of x[..], times z[..] when there is a pair: as einsum. */
KERNEL(einsum_f64, GLOBAL const double *x, GLOBAL const double *z, GLOBAL double *y, PARAMS(DoubleEinsumParams) p) {
  int i = GLOBAL_ID_X;
  if (!INSIDE(i < p.count)) return;
  GLOBAL const double *from = x + offset_of(i, p.rank, p.extent, p.x);
  GLOBAL const double *other = z + (p.pair ? offset_of(i, p.rank, p.extent, p.z) : 0);
  double sum = 0.0;
  for (int j = 0; j < p.run; j++) {
    double factor = p.pair ? other[offset_of(j, p.sum_rank, p.sum_extent, p.sum_z)] : 1.0;
    sum += from[offset_of(j, p.sum_rank, p.sum_extent, p.sum_x)] * factor;
  }
  y[i] = sum;
}

struct DoubleRangeParams {
  int count;
};

/* y[i] = start + i delta: Range. start, delta: [1]. */
KERNEL(range_f64, GLOBAL const double *start, GLOBAL const double *delta, GLOBAL double *y,
       PARAMS(DoubleRangeParams) p) {
  int i = GLOBAL_ID_X;
  if (INSIDE(i < p.count)) y[i] = start[0] + (double)i * delta[0];
}

#endif
