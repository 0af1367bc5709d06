/*
 * Numbers as small integers with a scale and a zero point, and what is computed with such integers: exact sums in 32 bits.
 */

#include "axes.h"
#include "dtypes.h"

/*
 * The scale and zero point of element i of [outer, extent, inner]: one for all when single, else one for each index of
 * the middle axis, or, when block is not 0, one for each block of it: [outer, ceil(extent / block), inner].
 */
struct QuantizeParams {
  int count;
  int single;
  int extent;
  int inner;
  int block;
  int has_zero;
  int dtype;
  int real;
};

DEVICE int scale_of(int i, CONSTANT const QuantizeParams &p) {
  if (p.single) return 0;
  int j = i / p.inner % p.extent;
  if (p.block == 0) return j;
  int blocks = (p.extent + p.block - 1) / p.block;
  return (i / (p.inner * p.extent) * blocks + j / p.block) * p.inner + i % p.inner;
}

/* To the nearest number of a dtype, NaN to its zero point. I8, U8, I16, U16. */
DEVICE int64 saturated(float rounded, int64 zero, int dtype) {
  float low = dtype == T_I8 ? -128.0f : dtype == T_I16 ? -32768.0f : 0.0f;
  float high = dtype == T_I8 ? 127.0f : dtype == T_U8 ? 255.0f : dtype == T_I16 ? 32767.0f : 65535.0f;
  float value = (m_isnan(rounded) ? 0.0f : rounded) + (float)zero;
  return (int64)(value < low ? low : value > high ? high : value);
}

/* y = saturate(round(x / scale) + zero): QuantizeLinear. x: dtype real; scale: f32; zero, y: dtype. One thread per element. */
KERNEL(quantize, GLOBAL const void *x, GLOBAL const float *scale, GLOBAL const void *zero, GLOBAL void *y,
       PARAMS(QuantizeParams) p) {
  int i = GLOBAL_ID_X;
  if (INSIDE(i < p.count)) {
    int at = scale_of(i, p);
    float value = p.real <= T_BF16 ? load_float(x, i, p.real) : (float)load_whole(x, i, p.real);
    int64 offset = p.has_zero ? load_whole(zero, at, p.dtype) : 0;
    store_whole(y, i, p.dtype, saturated(m_rint(value / scale[at]), offset, p.dtype));
  }
}

/* y = (x - zero) scale: DequantizeLinear. x, zero: dtype; scale: f32; y: dtype real. One thread per element. */
KERNEL(dequantize, GLOBAL const void *x, GLOBAL const float *scale, GLOBAL const void *zero, GLOBAL void *y,
       PARAMS(QuantizeParams) p) {
  int i = GLOBAL_ID_X;
  if (INSIDE(i < p.count)) {
    int at = scale_of(i, p);
    int64 offset = p.has_zero ? load_whole(zero, at, p.dtype) : 0;
    store_float(y, i, p.real, (float)(load_whole(x, i, p.dtype) - offset) * scale[at]);
  }
}

struct RangeParams {
  int count;
};

/*
 * The scale and zero point with which u8 holds x and 0: DynamicQuantizeLinear. x: f32 [count]; scale: f32 [1];
 * zero: u8 [1]. Grid: 1. Threads: any.
 */
KERNEL(quantize_range, GLOBAL const float *x, GLOBAL float *scale, GLOBAL uint8_t *zero, PARAMS(RangeParams) p) {
  SHARED(float, lows, 8);
  SHARED(float, highs, 8);
  float low = 0.0f, high = 0.0f;
  for (int i = THREAD; i < p.count; i += THREADS) {
    low = m_min(low, x[i]);
    high = m_max(high, x[i]);
  }
  low = -SIMD_MAX(-low);
  high = SIMD_MAX(high);
  if (LANE == 0) {
    lows[SIMD_GROUP] = low;
    highs[SIMD_GROUP] = high;
  }
  BARRIER();
  if (THREAD == 0) {
    for (int i = 0; i < THREADS / 32; i++) {
      low = m_min(low, lows[i]);
      high = m_max(high, highs[i]);
    }
    float step = (high - low) / 255.0f;
    scale[0] = step;
    zero[0] = (uint8_t)(step == 0.0f ? 0 : saturated(m_rint(0.0f - low / step), 0, T_U8));
  }
}

/* Scales and zero points of a product: one for all rows, or of a, one for each row; likewise of b for its columns. */
struct ProductParams {
  int m;
  int n;
  int k;
  int a_dtype;
  int b_dtype;
  int a_zeros;
  int b_zeros;
  int rank;
  int extent[AXES];
  int a[AXES];
  int b[AXES];
};

#define WHOLE_TILE 32
#define WHOLE_DEPTH 32

/*
 * y = (a - a zero) (b - b zero): MatMulInteger. a: [.., m, k], b: [.., k, n] of I8 or U8, a_zero, b_zero of their dtypes:
 * none, one, or one for each row of a and column of b, as a_zeros and b_zeros say; y: i32 [batches, m, n].
 * Grid: (ceil(n / 32), ceil(m / 32), batches). Threads: 256, each of which holds four numbers of a column.
 */
KERNEL(integer_matmul, GLOBAL const void *a, GLOBAL const void *b, GLOBAL const void *a_zero, GLOBAL const void *b_zero,
       GLOBAL int *y, PARAMS(ProductParams) p) {
  SHARED(int, left, WHOLE_TILE * (WHOLE_DEPTH + 1));
  SHARED(int, right, WHOLE_DEPTH * WHOLE_TILE);
  int first_row = GROUP_Y * WHOLE_TILE, first_column = GROUP_X * WHOLE_TILE;
  int x = offset_of(GROUP_Z, p.rank, p.extent, p.a) * p.m * p.k;
  int z = offset_of(GROUP_Z, p.rank, p.extent, p.b) * p.k * p.n;
  int row = THREAD / 32, column = THREAD % 32;
  int sums[4];
  UNROLL for (int i = 0; i < 4; i++) sums[i] = 0;
  for (int start = 0; start < p.k; start += WHOLE_DEPTH) {
    UNROLL for (int i = 0; i < 4; i++) {
      int r = row + 8 * i, u = 0, v = 0;
      if (INSIDE(first_row + r < p.m && start + column < p.k)) {
        int offset = p.a_zeros == 0 ? 0 : (int)load_whole(a_zero, p.a_zeros == 1 ? 0 : first_row + r, p.a_dtype);
        u = (int)load_whole(a, x + (first_row + r) * p.k + start + column, p.a_dtype) - offset;
      }
      left[r * (WHOLE_DEPTH + 1) + column] = u;
      if (INSIDE(start + r < p.k && first_column + column < p.n)) {
        int offset = p.b_zeros == 0 ? 0 : (int)load_whole(b_zero, p.b_zeros == 1 ? 0 : first_column + column, p.b_dtype);
        v = (int)load_whole(b, z + (start + r) * p.n + first_column + column, p.b_dtype) - offset;
      }
      right[r * WHOLE_TILE + column] = v;
    }
    BARRIER();
    ROLLED for (int k = 0; k < WHOLE_DEPTH; k++) {
      UNROLL for (int i = 0; i < 4; i++) sums[i] += left[(row + 8 * i) * (WHOLE_DEPTH + 1) + k] * right[k * WHOLE_TILE + column];
    }
    BARRIER();
  }
  UNROLL for (int i = 0; i < 4; i++) {
    int r = first_row + row + 8 * i;
    if (INSIDE(r < p.m && first_column + column < p.n)) y[(GROUP_Z * p.m + r) * p.n + first_column + column] = sums[i];
  }
}

/* As ConvParams of conv.h; zero points: of x, none or one; of the weights, none, one, or one for each channel. */
struct IntegerConvParams {
  int count;
  int groups;
  int in;
  int out;
  int x_dtype;
  int w_dtype;
  int x_zeros;
  int w_zeros;
  int x[3];
  int y[3];
  int size[3];
  int stride[3];
  int dilation[3];
  int before[3];
};

/*
 * A convolution of x - x zero with w - w zero: ConvInteger. x: [batch, groups * in, spatial..], w: [groups * out, in,
 * size..] of I8 or U8; y: i32 [batch, groups * out, spatial..]. One thread per element of y.
 */
KERNEL(integer_conv, GLOBAL const void *x, GLOBAL const void *w, GLOBAL const void *x_zero, GLOBAL const void *w_zero,
       GLOBAL int *y, PARAMS(IntegerConvParams) p) {
  int i = GLOBAL_ID_X;
  if (!INSIDE(i < p.count)) return;
  int px = i % p.y[2], py = i / p.y[2] % p.y[1], pz = i / (p.y[2] * p.y[1]) % p.y[0];
  int channel = i / (p.y[2] * p.y[1] * p.y[0]) % (p.groups * p.out);
  int image = i / (p.y[2] * p.y[1] * p.y[0]) / (p.groups * p.out);
  int volume = p.x[0] * p.x[1] * p.x[2], taps = p.size[0] * p.size[1] * p.size[2];
  int first = (image * p.groups + channel / p.out) * p.in * volume;
  int x_offset = p.x_zeros == 0 ? 0 : (int)load_whole(x_zero, 0, p.x_dtype);
  int w_offset = p.w_zeros == 0 ? 0 : (int)load_whole(w_zero, p.w_zeros == 1 ? 0 : channel, p.w_dtype);
  int sum = 0;
  for (int c = 0; c < p.in; c++) {
    for (int t = 0; t < taps; t++) {
      int tx = px * p.stride[2] - p.before[2] + t % p.size[2] * p.dilation[2];
      int ty = py * p.stride[1] - p.before[1] + t / p.size[2] % p.size[1] * p.dilation[1];
      int tz = pz * p.stride[0] - p.before[0] + t / (p.size[2] * p.size[1]) * p.dilation[0];
      bool inside = INSIDE(tx >= 0 && tx < p.x[2]);
      inside = inside && INSIDE(ty >= 0 && ty < p.x[1]);
      inside = inside && INSIDE(tz >= 0 && tz < p.x[0]);
      if (inside) {
        int u = (int)load_whole(x, first + c * volume + (tz * p.x[1] + ty) * p.x[2] + tx, p.x_dtype) - x_offset;
        sum += u * ((int)load_whole(w, (channel * p.in + c) * taps + t, p.w_dtype) - w_offset);
      }
    }
  }
  y[i] = sum;
}

/* Extents: [outer, rows, columns]. How many scales a and b have: 1, or one for each row, and for each column. */
struct RequantizeParams {
  int count;
  int rows;
  int columns;
  int a_scales;
  int b_scales;
  int bias;
  int dtype;
};

/*
 * y = saturate(round((sums + bias) a_scale b_scale / y_scale) + zero): the end of QLinearMatMul and QLinearConv.
 * sums: i32 [outer, rows, columns]; a_scale: f32 [1 or rows]; b_scale: f32 [1 or columns];
 * bias: i32 [rows], read when bias; y_scale: f32 [1]; zero, y: dtype. One thread per element.
 */
KERNEL(requantize, GLOBAL const int *sums, GLOBAL const float *a_scale, GLOBAL const float *b_scale,
       GLOBAL const float *y_scale, GLOBAL const void *zero, GLOBAL const int *bias, GLOBAL void *y,
       PARAMS(RequantizeParams) p) {
  int i = GLOBAL_ID_X;
  if (INSIDE(i < p.count)) {
    int row = i / p.columns % p.rows, column = i % p.columns;
    float scale = a_scale[p.a_scales == 1 ? 0 : row] * b_scale[p.b_scales == 1 ? 0 : column] / y_scale[0];
    int sum = sums[i] + (p.bias ? bias[row] : 0);
    store_whole(y, i, p.dtype, saturated(m_rint((float)sum * scale), load_whole(zero, 0, p.dtype), p.dtype));
  }
}
