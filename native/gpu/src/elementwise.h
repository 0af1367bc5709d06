/*
 * Element by element: functions, comparisons, choices and conversions, broadcast as NumPy does.
 * All kernels: one thread per element of y, any number of threads; groups of 256 are meant.
 */

#include "functions.h"
#include "pair.h"
#include "dtypes.h"

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

/* y = f(a, b): Binary. y: [count], one after the other; may be the memory of an input with y's shape. */
KERNEL(binary_f32, GLOBAL const float *a, GLOBAL const float *b, GLOBAL float *y, PARAMS(PairParams) p) {
  int i = GLOBAL_ID_X;
  if (INSIDE(i < p.count)) {
    y[i] = binary(p.function, a[offset_of(i, p.rank, p.extent, p.a)], b[offset_of(i, p.rank, p.extent, p.b)]);
  }
}

/* y = a compared with b: Comparison. y: bool [count], a byte each, 0 or 1. */
KERNEL(compare_f32, GLOBAL const float *a, GLOBAL const float *b, GLOBAL uint8_t *y, PARAMS(PairParams) p) {
  int i = GLOBAL_ID_X;
  if (INSIDE(i < p.count)) {
    y[i] = compared<float>(
        p.function, a[offset_of(i, p.rank, p.extent, p.a)], b[offset_of(i, p.rank, p.extent, p.b)]);
  }
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

struct CastParams {
  int count;
  int from;
  int to;
};

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
