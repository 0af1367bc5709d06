/*
 * Attention over tiles of 64 positions, with running maximum and sum (Milakov and Gimelshein
 * 2018). Keys of a tile are [dim, 64], values [64, dim].
 */
#ifndef GATUN_ATTENTION_H
#define GATUN_ATTENTION_H

#include "function.h"
#include "kernels.h"

#define POSITIONS GATUN_CPU_POSITIONS

/* Queries at a time: with two vectors of sums each they fit in registers. */
#define QUERIES 4

static void to_half_strided(const float *x, uint16_t *y, int64_t stride, int64_t count) {
  for (int64_t i = 0; i < count; i += LANES) {
    int64_t part = count - i < LANES ? count - i : LANES;
    uint16_t halves[LANES];
    to_halves(halves, load_part(x + i, part));
    for (int64_t j = 0; j < part; j++) {
      y[(i + j) * stride] = halves[j];
    }
  }
}

static void from_half_row(const uint16_t *x, float *y, int64_t count) {
  int64_t i = 0;
  for (; i + LANES <= count; i += LANES) {
    store(y + i, from_halves(x + i));
  }
  if (i < count) {
    uint16_t halves[LANES] = {0};
    memcpy(halves, x + i, (size_t)(2 * (count - i)));
    store_part(y + i, from_halves(halves), count - i);
  }
}

/*
 * y [rows, two vectors] (+)= a [rows, from..to) b [from..to, two vectors]; strides in elements.
 */
INLINE void product_block(
    int rows, int vectors, const float *a, int64_t aStride, const float *b, int64_t bStride,
    int64_t from, int64_t to, float *y, int64_t yStride, int add) {
  floats sum[QUERIES][2];
  for (int r = 0; r < rows; r++) {
    for (int v = 0; v < vectors; v++) {
      sum[r][v] = add ? load(y + r * yStride + v * LANES) : (floats){0};
    }
  }
  for (int64_t i = from; i < to; i++) {
    floats w[2];
    for (int v = 0; v < vectors; v++) {
      w[v] = load(b + i * bStride + v * LANES);
    }
    for (int r = 0; r < rows; r++) {
      floats factor = spread(a[r * aStride + i]);
      for (int v = 0; v < vectors; v++) {
        sum[r][v] = fused(factor, w[v], sum[r][v]);
      }
    }
  }
  for (int r = 0; r < rows; r++) {
    for (int v = 0; v < vectors; v++) {
      store(y + r * yStride + v * LANES, sum[r][v]);
    }
  }
}

INLINE void product_rows(
    int rows, const float *a, int64_t aStride, const float *b, int64_t n, int64_t from, int64_t to,
    float *y, int add) {
  int64_t column = 0;
  for (; column + 2 * LANES <= n; column += 2 * LANES) {
    product_block(rows, 2, a, aStride, b + column, n, from, to, y + column, n, add);
  }
  for (; column + LANES <= n; column += LANES) {
    product_block(rows, 1, a, aStride, b + column, n, from, to, y + column, n, add);
  }
  for (; column < n; column++) {
    for (int r = 0; r < rows; r++) {
      float sum = add ? y[r * n + column] : 0;
      for (int64_t i = from; i < to; i++) {
        sum += a[r * aStride + i] * b[i * n + column];
      }
      y[r * n + column] = sum;
    }
  }
}

/* y [m, n] (+)= a [m, aStride] b [.., n], summed over [from, to). */
INLINE void product(
    const float *a, int64_t m, int64_t aStride, const float *b, int64_t n, int64_t from,
    int64_t to, float *y, int add) {
  int64_t row = 0;
  for (; row + QUERIES <= m; row += QUERIES) {
    product_rows(QUERIES, a + row * aStride, aStride, b, n, from, to, y + row * n, add);
  }
  for (; row < m; row++) {
    product_rows(1, a + row * aStride, aStride, b, n, from, to, y + row * n, add);
  }
}

static void scores(const float *q, int64_t queries, const float *keys, int64_t dim, float *s) {
  product(q, queries, dim, keys, POSITIONS, 0, dim, s, 0);
}

static void accumulate(
    const float *weights, int64_t queries, const float *values, int64_t dim, int64_t from,
    int64_t to, float *sums) {
  product(weights, queries, POSITIONS, values, dim, from, to, sums, 1);
}

static void weigh(float *s, int64_t from, int64_t to, float *stats, float *sum, int64_t dim) {
  float hidden = -__builtin_inff();
  for (int64_t i = 0; i < POSITIONS; i++) {
    s[i] = i >= from && i < to ? s[i] : hidden;
  }
  floats most = spread(stats[0]);
  for (int i = 0; i < POSITIONS; i += LANES) {
    most = larger(load(s + i), most);
  }
  float max = largest_of(most);
  if (max == hidden) {
    memset(s, 0, 4 * POSITIONS);
    return;
  }
  floats total = {0};
  for (int i = 0; i < POSITIONS; i += LANES) {
    floats weight = exponential(load(s + i) - max);
    store(s + i, weight);
    total += weight;
  }
  float rescale = 1;
  if (max != stats[0]) {
    rescale = exponential(spread(stats[0] - max))[0];
    for (int64_t i = 0; i < dim; i++) {
      sum[i] *= rescale;
    }
  }
  stats[0] = max;
  stats[1] = stats[1] * rescale + sum_of(total);
}

/* All kernels of the file that includes these. */
#define KERNELS \
  { \
    quantize, matmul, rms, rotate, softmax, unary, binary, binary_scalar, gated, add_scaled, \
    to_half_strided, from_half_row, scores, weigh, accumulate \
  }

#endif
