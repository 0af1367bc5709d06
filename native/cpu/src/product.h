/* Products of small matrices in single precision: attention's scores and sums, computed factors. */
#ifndef GATUN_PRODUCT_H
#define GATUN_PRODUCT_H

#include "gatun_cpu.h"
#include "simd.h"

/* Rows of A and vectors of columns of B at a time: their sums stay in registers. */
#ifndef PRODUCT_ROWS
#define PRODUCT_ROWS 4
#define PRODUCT_VECTORS 2
#endif

/* LANES elements of B, stored as F32 or F16; `count` of them, the others zero. */
INLINE floats load_elements(int64_t type, const void *b, int64_t at, int64_t count) {
  if (type == GATUN_CPU_STATE_F16) {
    const uint16_t *from = (const uint16_t *)b + at;
    if (count >= LANES) {
      return from_halves(from);
    }
    uint16_t halves[LANES] = {0};
    memcpy(halves, from, (size_t)(2 * count));
    return from_halves(halves);
  }
  const float *from = (const float *)b + at;
  return count >= LANES ? load(from) : load_part(from, count);
}

/*
 * y [rows, `vectors` vectors] (+)= a [rows, from..to) b [from..to, `vectors` vectors]; strides in
 * elements; of the last vector only `count` columns.
 */
INLINE void product_block(
    int64_t type, int rows, int vectors, int64_t count, const float *a, int64_t aStride,
    const void *b, int64_t bStride, int64_t from, int64_t to, float *y, int64_t yStride, int add,
    const uint8_t *ahead) {
  int64_t size = type == GATUN_CPU_STATE_F16 ? 2 : 4;
  floats sum[PRODUCT_ROWS][PRODUCT_VECTORS];
#pragma GCC unroll 8
  for (int r = 0; r < rows; r++) {
#pragma GCC unroll 8
    for (int v = 0; v < vectors; v++) {
      const float *at = y + r * yStride + v * LANES;
      floats old = v < vectors - 1 || count >= LANES ? load(at) : load_part(at, count);
      sum[r][v] = add ? old : (floats){0};
    }
  }
  for (int64_t i = from; i < to; i++) {
    for (int64_t at = 0; ahead != NULL && at < vectors * LANES * size; at += 64) {
      __builtin_prefetch(ahead + i * bStride * size + at, 0, 2);
    }
    floats w[PRODUCT_VECTORS];
#pragma GCC unroll 8
    for (int v = 0; v < vectors; v++) {
      w[v] = load_elements(type, b, i * bStride + v * LANES, v < vectors - 1 ? LANES : count);
    }
#pragma GCC unroll 8
    for (int r = 0; r < rows; r++) {
      floats factor = spread(a[r * aStride + i]);
#pragma GCC unroll 8
      for (int v = 0; v < vectors; v++) {
        sum[r][v] = fused(factor, w[v], sum[r][v]);
      }
    }
  }
#pragma GCC unroll 8
  for (int r = 0; r < rows; r++) {
#pragma GCC unroll 8
    for (int v = 0; v < vectors; v++) {
      float *at = y + r * yStride + v * LANES;
      if (v < vectors - 1 || count >= LANES) {
        store(at, sum[r][v]);
      } else {
        store_part(at, sum[r][v], count);
      }
    }
  }
}

INLINE void product_rows(
    int64_t type, int rows, const float *a, int64_t aStride, const void *b, int64_t bStride,
    int64_t n, int64_t from, int64_t to, float *y, int64_t yStride, int add,
    const uint8_t *ahead) {
  int64_t size = type == GATUN_CPU_STATE_F16 ? 2 : 4;
  const uint8_t *at = b;
  int64_t column = 0;
  for (; column + PRODUCT_VECTORS * LANES <= n; column += PRODUCT_VECTORS * LANES) {
    product_block(
        type, rows, PRODUCT_VECTORS, LANES, a, aStride, at + column * size, bStride, from, to,
        y + column, yStride, add, ahead == NULL ? NULL : ahead + column * size);
  }
  for (; column + LANES <= n; column += LANES) {
    product_block(
        type, rows, 1, LANES, a, aStride, at + column * size, bStride, from, to, y + column,
        yStride, add, ahead == NULL ? NULL : ahead + column * size);
  }
  if (column < n) {
    product_block(
        type, rows, 1, n - column, a, aStride, at + column * size, bStride, from, to, y + column,
        yStride, add, ahead == NULL ? NULL : ahead + column * size);
  }
}

/*
 * y [m, n] (+)= a [m, ..] b [.., n], summed over [from, to) in order, each term with one rounding:
 * what an element becomes depends on nothing but its row and its column. On the way it fetches what
 * is at `ahead`, laid out as b, if anything is.
 */
INLINE void product(
    int64_t type, const float *a, int64_t m, int64_t aStride, const void *b, int64_t bStride,
    int64_t n, int64_t from, int64_t to, float *y, int64_t yStride, int add,
    const uint8_t *ahead) {
  int64_t row = 0;
  for (; row + PRODUCT_ROWS <= m; row += PRODUCT_ROWS) {
    product_rows(
        type, PRODUCT_ROWS, a + row * aStride, aStride, b, bStride, n, from, to,
        y + row * yStride, yStride, add, ahead);
  }
#define REST(rows)                                                                                 \
  case rows:                                                                                       \
    product_rows(                                                                                  \
        type, rows, a + row * aStride, aStride, b, bStride, n, from, to, y + row * yStride,        \
        yStride, add, ahead);                                                                      \
    break;
  switch (m - row) {
    REST(1)
    REST(2)
    REST(3)
#if PRODUCT_ROWS > 4
    REST(4)
    REST(5)
#endif
    default:
      break;
  }
#undef REST
}

/* Columns of B that are transposed at a time, and the part of their length. */
#define DENSE_COLUMNS (PRODUCT_VECTORS * LANES)
#define DENSE_LENGTH 256

/* Rows [from, to) of Y = A B^T, with B [n, k]: blocks of B are transposed for the product. */
INLINE void dense_transposed(
    const float *a, const float *b, int64_t n, int64_t k, float *y, int64_t from, int64_t to) {
  float block[DENSE_LENGTH * DENSE_COLUMNS];
  for (int64_t column = 0; column < n; column += DENSE_COLUMNS) {
    int64_t columns = n - column < DENSE_COLUMNS ? n - column : DENSE_COLUMNS;
    for (int64_t at = 0; at < k || at == 0; at += DENSE_LENGTH) {
      int64_t length = k - at < DENSE_LENGTH ? k - at : DENSE_LENGTH;
      for (int64_t j = 0; j < columns; j++) {
        const float *row = b + (column + j) * k + at;
        for (int64_t i = 0; i < length; i++) {
          block[i * columns + j] = row[i];
        }
      }
      const float *start = a + from * k + at;
      float *result = y + from * n + column;
      if (at == 0) {
        product(
            GATUN_CPU_STATE_F32, start, to - from, k, block, columns, columns, 0, length, result, n,
            0, NULL);
      } else {
        product(
            GATUN_CPU_STATE_F32, start, to - from, k, block, columns, columns, 0, length, result, n,
            1, NULL);
      }
    }
  }
}

/* Rows [from, to) of Y = A B, or of A B^T. */
static void dense(
    const float *a, const float *b, int64_t transposed, int64_t n, int64_t k, float *y,
    int64_t from, int64_t to) {
  if (transposed) {
    dense_transposed(a, b, n, k, y, from, to);
  } else {
    product(
        GATUN_CPU_STATE_F32, a + from * k, to - from, k, b, n, n, 0, k, y + from * n, n, 0, NULL);
  }
}

/* Y = A B, or added to Y, with strides in elements. */
static void plain_product(
    const float *a, int64_t aStride, const float *b, int64_t bStride, float *y, int64_t yStride,
    int64_t m, int64_t n, int64_t k, int64_t add) {
  if (add) {
    product(GATUN_CPU_STATE_F32, a, m, aStride, b, bStride, n, 0, k, y, yStride, 1, NULL);
  } else {
    product(GATUN_CPU_STATE_F32, a, m, aStride, b, bStride, n, 0, k, y, yStride, 0, NULL);
  }
}

#endif
