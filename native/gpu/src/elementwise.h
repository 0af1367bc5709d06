/*
 * Element by element: functions, comparisons, choices and conversions, broadcast as NumPy does.
 * All kernels: one thread per element of y, any number of threads; groups of 256 are meant.
 */

#include "functions.h"
#include "axes.h"

struct UnaryParams {
  int count;
  int function;
  float alpha;
  float beta;
};

/* y[i] = f(x[i]): Unary. x, y: f32 [count]; may be the same memory. */
KERNEL(unary_f32, GLOBAL const float *x, GLOBAL float *y, PARAMS(UnaryParams) p) {
  int i = GLOBAL_ID_X;
  if (INSIDE(i < p.count)) y[i] = activation(p.function, x[i]);
}

/* y[i] = f(x[i]): Elementwise, with its attributes alpha and beta. x, y: f32 [count]; may be the same memory. */
KERNEL(elementwise_f32, GLOBAL const float *x, GLOBAL float *y, PARAMS(UnaryParams) p) {
  int i = GLOBAL_ID_X;
  if (INSIDE(i < p.count)) y[i] = elementwise(p.function, x[i], p.alpha, p.beta);
}

/* Two values walked over side by side: extents and strides in elements, innermost first. */
struct PairParams {
  int count;
  int function;
  int rank;
  int extent[AXES];
  int a[AXES];
  int b[AXES];
};

/* y = f(a, b): Binary. y: [count], one after the other; may be the memory of an input with y's shape. */
KERNEL(binary_f32, GLOBAL const float *a, GLOBAL const float *b, GLOBAL float *y, PARAMS(PairParams) p) {
  int i = GLOBAL_ID_X;
  if (INSIDE(i < p.count)) {
    y[i] = binary(p.function, a[offset_of(i, p.rank, p.extent, p.a)], b[offset_of(i, p.rank, p.extent, p.b)]);
  }
}

template <class T, class U>
DEVICE void binary_wholes(int i, GLOBAL const T *a, GLOBAL const T *b, GLOBAL T *y, CONSTANT const PairParams &p) {
  if (INSIDE(i < p.count)) {
    y[i] = binary_whole<T, U>(
        p.function, a[offset_of(i, p.rank, p.extent, p.a)], b[offset_of(i, p.rank, p.extent, p.b)]);
  }
}

KERNEL(binary_i32, GLOBAL const int *a, GLOBAL const int *b, GLOBAL int *y, PARAMS(PairParams) p) {
  binary_wholes<int, uint>(GLOBAL_ID_X, a, b, y, p);
}
KERNEL(binary_i64, GLOBAL const int64 *a, GLOBAL const int64 *b, GLOBAL int64 *y, PARAMS(PairParams) p) {
  binary_wholes<int64, uint64>(GLOBAL_ID_X, a, b, y, p);
}

/* Numbered as Comparison.Function of the graph. */
enum { C_EQUAL, C_GREATER, C_GREATER_OR_EQUAL, C_LESS, C_LESS_OR_EQUAL };

template <class T>
DEVICE uint8_t compared(int function, T a, T b) {
  switch (function) {
    case C_EQUAL: return a == b;
    case C_GREATER: return a > b;
    case C_GREATER_OR_EQUAL: return a >= b;
    case C_LESS: return a < b;
    default: return a <= b;
  }
}

/* y = a compared with b: Comparison. y: bool [count], a byte each, 0 or 1. */
template <class T>
DEVICE void compare(int i, GLOBAL const T *a, GLOBAL const T *b, GLOBAL uint8_t *y, CONSTANT const PairParams &p) {
  if (INSIDE(i < p.count)) {
    y[i] = compared<T>(
        p.function, a[offset_of(i, p.rank, p.extent, p.a)], b[offset_of(i, p.rank, p.extent, p.b)]);
  }
}

KERNEL(compare_f32, GLOBAL const float *a, GLOBAL const float *b, GLOBAL uint8_t *y, PARAMS(PairParams) p) {
  compare<float>(GLOBAL_ID_X, a, b, y, p);
}
KERNEL(compare_i32, GLOBAL const int *a, GLOBAL const int *b, GLOBAL uint8_t *y, PARAMS(PairParams) p) {
  compare<int>(GLOBAL_ID_X, a, b, y, p);
}
KERNEL(compare_i64, GLOBAL const int64 *a, GLOBAL const int64 *b, GLOBAL uint8_t *y, PARAMS(PairParams) p) {
  compare<int64>(GLOBAL_ID_X, a, b, y, p);
}
KERNEL(compare_u8, GLOBAL const uint8_t *a, GLOBAL const uint8_t *b, GLOBAL uint8_t *y, PARAMS(PairParams) p) {
  compare<uint8_t>(GLOBAL_ID_X, a, b, y, p);
}

struct WhereParams {
  int count;
  int rank;
  int extent[AXES];
  int condition[AXES];
  int a[AXES];
  int b[AXES];
};

/* y = condition ? a : b: Where, of elements of 1, 2, 4 or 8 bytes. condition: bool. */
template <class T>
DEVICE void pick(int i, GLOBAL const uint8_t *condition, GLOBAL const T *a, GLOBAL const T *b, GLOBAL T *y,
                 CONSTANT const WhereParams &p) {
  if (INSIDE(i < p.count)) {
    y[i] = condition[offset_of(i, p.rank, p.extent, p.condition)] ? a[offset_of(i, p.rank, p.extent, p.a)]
                                                                  : b[offset_of(i, p.rank, p.extent, p.b)];
  }
}

KERNEL(where_1, GLOBAL const uint8_t *condition, GLOBAL const uint8_t *a, GLOBAL const uint8_t *b, GLOBAL uint8_t *y,
       PARAMS(WhereParams) p) {
  pick<uint8_t>(GLOBAL_ID_X, condition, a, b, y, p);
}
KERNEL(where_2, GLOBAL const uint8_t *condition, GLOBAL const uint16_t *a, GLOBAL const uint16_t *b, GLOBAL uint16_t *y,
       PARAMS(WhereParams) p) {
  pick<uint16_t>(GLOBAL_ID_X, condition, a, b, y, p);
}
KERNEL(where_4, GLOBAL const uint8_t *condition, GLOBAL const uint *a, GLOBAL const uint *b, GLOBAL uint *y,
       PARAMS(WhereParams) p) {
  pick<uint>(GLOBAL_ID_X, condition, a, b, y, p);
}
KERNEL(where_8, GLOBAL const uint8_t *condition, GLOBAL const int64 *a, GLOBAL const int64 *b, GLOBAL int64 *y,
       PARAMS(WhereParams) p) {
  pick<int64>(GLOBAL_ID_X, condition, a, b, y, p);
}

/* Dtypes of cast. */
enum { T_F32, T_F16, T_BF16, T_I8, T_I16, T_I32, T_I64, T_U8, T_U16, T_U32, T_BOOL };

struct CastParams {
  int count;
  int from;
  int to;
};

DEVICE float load_float(GLOBAL const void *x, int i, int dtype) {
  switch (dtype) {
    case T_F32: return ((GLOBAL const float *)x)[i];
    case T_F16: return (float)((GLOBAL const half *)x)[i];
    default: return bits_float((uint)((GLOBAL const uint16_t *)x)[i] << 16);
  }
}

DEVICE int64 load_whole(GLOBAL const void *x, int i, int dtype) {
  switch (dtype) {
    case T_I8: return ((GLOBAL const int8_t *)x)[i];
    case T_I16: return ((GLOBAL const int16_t*)x)[i];
    case T_I32: return ((GLOBAL const int *)x)[i];
    case T_I64: return ((GLOBAL const int64 *)x)[i];
    case T_U16: return ((GLOBAL const uint16_t *)x)[i];
    case T_U32: return ((GLOBAL const uint *)x)[i];
    default: return ((GLOBAL const uint8_t *)x)[i];
  }
}

DEVICE void store_float(GLOBAL void *y, int i, int dtype, float value) {
  switch (dtype) {
    case T_F32: ((GLOBAL float *)y)[i] = value; break;
    case T_F16: ((GLOBAL half *)y)[i] = (half)value; break;
    default: {
      /* To nearest, halves to even; NaN stays NaN. */
      uint bits = float_bits(value);
      uint rounded = (bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16;
      ((GLOBAL uint16_t *)y)[i] = (uint16_t)(value != value ? (bits >> 16) | 0x40u : rounded);
    }
  }
}

DEVICE void store_whole(GLOBAL void *y, int i, int dtype, int64 value) {
  switch (dtype) {
    case T_I8:
    case T_U8: ((GLOBAL uint8_t *)y)[i] = (uint8_t)value; break;
    case T_I16:
    case T_U16: ((GLOBAL uint16_t *)y)[i] = (uint16_t)value; break;
    case T_I32:
    case T_U32: ((GLOBAL int *)y)[i] = (int)value; break;
    case T_I64: ((GLOBAL int64 *)y)[i] = value; break;
    default: ((GLOBAL uint8_t *)y)[i] = value != 0;
  }
}

/* y[i] = x[i] as another dtype: Cast. Rounds to nearest even, to integers towards zero; what does not fit is undefined. */
KERNEL(cast, GLOBAL const void *x, GLOBAL void *y, PARAMS(CastParams) p) {
  int i = GLOBAL_ID_X;
  if (!INSIDE(i < p.count)) return;
  bool whole = p.to > T_BF16;
  if (p.from <= T_BF16) {
    float value = load_float(x, i, p.from);
    if (!whole) {
      store_float(y, i, p.to, value);
    } else {
      store_whole(y, i, p.to, p.to == T_BOOL ? (int64)(value != 0.0f) : (int64)value);
    }
  } else {
    int64 value = load_whole(x, i, p.from);
    if (whole) {
      store_whole(y, i, p.to, value);
    } else {
      store_float(y, i, p.to, (float)value);
    }
  }
}

struct ChannelParams {
  int count;
  int channels;
  int inner;
  float epsilon;
};

/*
 * y = (x - mean) / sqrt(variance + epsilon) * scale + bias: BatchNormalization. x, y: f32 [outer, channels, inner],
 * may be the same memory; the others f32 [channels].
 */
KERNEL(batch_normalization, GLOBAL const float *x, GLOBAL const float *scale, GLOBAL const float *bias,
       GLOBAL const float *mean, GLOBAL const float *variance, GLOBAL float *y, PARAMS(ChannelParams) p) {
  int i = GLOBAL_ID_X;
  if (INSIDE(i < p.count)) {
    int c = i / p.inner % p.channels;
    y[i] = (x[i] - mean[c]) / m_sqrt(variance[c] + p.epsilon) * scale[c] + bias[c];
  }
}
