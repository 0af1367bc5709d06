/*
 * Products in single precision with weights of floating point. Lanes are rows of W; the products of
 * a row are added column by column, each with one rounding, however many rows X has. Sets with dot
 * products of bfloat16 add pairs of columns instead, of X rounded to bfloat16: both X and W then are
 * as if pairs were single numbers.
 */
#ifndef GATUN_FLOATS_H
#define GATUN_FLOATS_H

#include "layout.h"

/* Rows of X at once: with two vectors of rows of W they need 15 registers. */
#define FLOAT_ROWS 6

#if defined(DOT_BF16)
INLINE int by_brains(int64_t format) { return format == GATUN_CPU_BF16; }
#else
INLINE int by_brains(int64_t format) {
  (void)format;
  return 0;
}

INLINE floats brain_dot(floats sum, floats w, floats x) { return fused(w, x, sum); }
#endif

INLINE floats add_product(int brains, floats sum, floats w, floats x) {
  return brains ? brain_dot(sum, w, x) : fused(w, x, sum);
}

/* The columns of pairs of bfloat16, which is the upper half of single precision. */
INLINE floats even_column(ints pairs) { return bits_to_floats(pairs << 16); }
INLINE floats odd_column(ints pairs) { return bits_to_floats(pairs & (int32_t)0xffff0000); }

/* One column: F32 and F16, or pairs that are taken as they are. */
INLINE floats column_of(int64_t format, const uint8_t *tile, int64_t column, int vector) {
  int64_t at = column * ROWS + vector * LANES;
  return format == GATUN_CPU_F16 ? from_halves(tile + 2 * at) : load(tile + 4 * at);
}

INLINE int is_split(int64_t format) { return format == GATUN_CPU_BF16 && !by_brains(format); }

/* One row of X, one tile. */
INLINE void dot_floats(int64_t format, const uint8_t *tile, const float *x, int64_t k, floats *y) {
  floats sum[ROWS / LANES];
  for (int v = 0; v < ROWS / LANES; v++) {
    sum[v] = (floats){0};
  }
  int64_t steps = is_split(format) ? k / 2 : k;
  int64_t bytes = ROWS * (format == GATUN_CPU_F16 ? 2 : 4);
#pragma GCC unroll 4
  for (int64_t c = 0; c < steps; c++) {
    prefetch(tile + c * bytes, LINES_AHEAD, bytes);
    for (int v = 0; v < ROWS / LANES; v++) {
      if (is_split(format)) {
        ints w = load_ints(tile + c * bytes + v * WIDTH);
        sum[v] = fused(even_column(w), spread(x[2 * c]), sum[v]);
        sum[v] = fused(odd_column(w), spread(x[2 * c + 1]), sum[v]);
      } else {
        floats w = column_of(format, tile, c, v);
        sum[v] = add_product(by_brains(format), sum[v], w, spread(x[c]));
      }
    }
  }
  for (int v = 0; v < ROWS / LANES; v++) {
    if (is_split(format) && k % 2 != 0) {
      ints w = load_ints(tile + steps * bytes + v * WIDTH);
      sum[v] = fused(even_column(w), spread(x[k - 1]), sum[v]);
    }
    y[v] = sum[v];
  }
}

/* Columns [from, from + columns) of a tile in single precision; from is even. */
INLINE void unpack_floats(
    int64_t format, const uint8_t *tile, int64_t from, int64_t columns, float *panel) {
  for (int64_t c = 0; c < columns; c += is_split(format) ? 2 : 1) {
    for (int v = 0; v < ROWS / LANES; v++) {
      float *to = panel + c * ROWS + v * LANES;
      if (is_split(format)) {
        ints w = load_ints(tile + (from + c) / 2 * (4 * ROWS) + v * WIDTH);
        store(to, even_column(w));
        store(to + ROWS, odd_column(w));
      } else {
        store(to, column_of(format, tile, from + c, v));
      }
    }
  }
}

/* Rows of X times two vectors of rows of a panel, added to y; or set, at the first columns. */
INLINE void add_block(
    int brains, int rows, const float *panel, const float *x, int64_t xStride, int64_t columns, int first,
    float *y, int64_t yStride) {
  floats sum[FLOAT_ROWS][2];
#pragma GCC unroll 8
  for (int r = 0; r < rows; r++) {
#pragma GCC unroll 2
    for (int v = 0; v < 2; v++) {
      sum[r][v] = first ? (floats){0} : load(y + r * yStride + v * LANES);
    }
  }
  for (int64_t c = 0; c < columns; c++) {
    floats a = load(panel + c * ROWS);
    floats b = load(panel + c * ROWS + LANES);
#pragma GCC unroll 8
    for (int r = 0; r < rows; r++) {
      floats each = spread(x[r * xStride + c]);
      sum[r][0] = add_product(brains, sum[r][0], a, each);
      sum[r][1] = add_product(brains, sum[r][1], b, each);
    }
  }
#pragma GCC unroll 8
  for (int r = 0; r < rows; r++) {
#pragma GCC unroll 2
    for (int v = 0; v < 2; v++) {
      store(y + r * yStride + v * LANES, sum[r][v]);
    }
  }
}

INLINE void add_rows(
    int brains, int64_t rows, const float *panel, const float *x, int64_t xStride, int64_t columns, int first,
    float *y, int64_t yStride) {
  for (int v = 0; v < ROWS; v += 2 * LANES) {
    switch (rows) {
      case 1:
        add_block(brains, 1, panel + v, x, xStride, columns, first, y + v, yStride);
        break;
      case 2:
        add_block(brains, 2, panel + v, x, xStride, columns, first, y + v, yStride);
        break;
      case 3:
        add_block(brains, 3, panel + v, x, xStride, columns, first, y + v, yStride);
        break;
      case 4:
        add_block(brains, 4, panel + v, x, xStride, columns, first, y + v, yStride);
        break;
      case 5:
        add_block(brains, 5, panel + v, x, xStride, columns, first, y + v, yStride);
        break;
      default:
        add_block(brains, FLOAT_ROWS, panel + v, x, xStride, columns, first, y + v, yStride);
    }
  }
}

static void copy_rows(
    const float *from, int64_t fromStride, float *to, int64_t toStride, int64_t rows,
    int64_t count) {
  for (int64_t r = 0; r < rows; r++) {
    memcpy(to + r * toStride, from + r * fromStride, (size_t)(4 * count));
  }
}

/* Some columns of X and of a tile of which `count` rows are there. */
INLINE void add_tile(
    int brains, const float *panel, const float *x, int64_t xStride, int64_t m, int64_t columns,
    int first, float *y, int64_t yStride, int64_t count, float *edge) {
  for (int64_t row = 0; row < m; row += FLOAT_ROWS) {
    int64_t rows = m - row < FLOAT_ROWS ? m - row : FLOAT_ROWS;
    const float *from = x + row * xStride;
    float *to = y + row * yStride;
    if (count >= ROWS) {
      add_rows(brains, rows, panel, from, xStride, columns, first, to, yStride);
    } else {
      if (!first) {
        copy_rows(to, yStride, edge, ROWS, rows, count);
      }
      add_rows(brains, rows, panel, from, xStride, columns, first, edge, ROWS);
      copy_rows(edge, ROWS, to, yStride, rows, count);
    }
  }
}

static __attribute__((noinline)) void add_floats(
    const float *panel, const float *x, int64_t xStride, int64_t m, int64_t columns, int first,
    float *y, int64_t yStride, int64_t count, float *edge) {
  add_tile(0, panel, x, xStride, m, columns, first, y, yStride, count, edge);
}

INLINE void float_matmul(
    int64_t format, const uint8_t *tiles, const float *x, int64_t m, int64_t n, int64_t k, float *y,
    int64_t yStride, int64_t fromTile, int64_t toTile, float *scratch) {
  int64_t size = float_tile_bytes(format, k);
  float *edge = scratch + FLOAT_COLUMNS * ROWS;
  /* Numbers of a row of X: pairs count as one. */
  k = by_brains(format) ? (k + 1) / 2 : k;
  for (int64_t tile = fromTile; tile < toTile; tile++) {
    const uint8_t *from = tiles + tile * size;
    float *to = y + tile * ROWS;
    int64_t count = n - tile * ROWS;
    if (m == 1) {
      floats result[ROWS / LANES];
      dot_floats(format, from, x, k, result);
      memcpy(to, result, (size_t)(4 * (count < ROWS ? count : ROWS)));
      continue;
    }
    for (int64_t c = 0; c < k; c += FLOAT_COLUMNS) {
      int64_t columns = k - c < FLOAT_COLUMNS ? k - c : FLOAT_COLUMNS;
      const float *panel = (const float *)from + c * ROWS;
      if (format == GATUN_CPU_F16 || is_split(format)) {
        unpack_floats(format, from, c, columns, scratch);
        panel = scratch;
      }
      if (by_brains(format)) {
        add_tile(1, panel, x + c, k, m, columns, c == 0, to, yStride, count, edge);
      } else {
        add_floats(panel, x + c, k, m, columns, c == 0, to, yStride, count, edge);
      }
    }
  }
}

#endif
