/*
 * Products in single precision with weights of floating point. Lanes are rows of W; the products of
 * a row are added column by column, each with one rounding, however many rows X has.
 */
#ifndef GATUN_FLOATS_H
#define GATUN_FLOATS_H

#include "layout.h"

/* Rows of X at once: with two vectors of rows of W they need 15 registers. */
#define FLOAT_ROWS 6

INLINE floats floats_at(int64_t format, const uint8_t *tile, int64_t index) {
  const uint8_t *at = tile + index * float_bytes(format);
  return format == GATUN_CPU_F32 ? load(at) : format == GATUN_CPU_F16 ? from_halves(at) : from_brains(at);
}

/* One row of X, one tile. */
INLINE void dot_floats(int64_t format, const uint8_t *tile, const float *x, int64_t k, floats *y) {
  floats sum[ROWS / LANES];
  for (int v = 0; v < ROWS / LANES; v++) {
    sum[v] = (floats){0};
  }
#pragma GCC unroll 4
  for (int64_t c = 0; c < k; c++) {
    prefetch(tile + c * ROWS * float_bytes(format), ROWS * float_bytes(format));
    for (int v = 0; v < ROWS / LANES; v++) {
      sum[v] = fused(floats_at(format, tile, c * ROWS + v * LANES), spread(x[c]), sum[v]);
    }
  }
  for (int v = 0; v < ROWS / LANES; v++) {
    y[v] = sum[v];
  }
}

/* Rows of X times two vectors of rows of a panel, added to y; or set, at the first columns. */
INLINE void add_block(
    int rows, const float *panel, const float *x, int64_t xStride, int64_t columns, int first,
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
      sum[r][0] = fused(a, each, sum[r][0]);
      sum[r][1] = fused(b, each, sum[r][1]);
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

static void add_rows(
    int64_t rows, const float *panel, const float *x, int64_t xStride, int64_t columns, int first,
    float *y, int64_t yStride) {
  for (int v = 0; v < ROWS; v += 2 * LANES) {
    switch (rows) {
      case 1:
        add_block(1, panel + v, x, xStride, columns, first, y + v, yStride);
        break;
      case 2:
        add_block(2, panel + v, x, xStride, columns, first, y + v, yStride);
        break;
      case 3:
        add_block(3, panel + v, x, xStride, columns, first, y + v, yStride);
        break;
      case 4:
        add_block(4, panel + v, x, xStride, columns, first, y + v, yStride);
        break;
      case 5:
        add_block(5, panel + v, x, xStride, columns, first, y + v, yStride);
        break;
      default:
        add_block(FLOAT_ROWS, panel + v, x, xStride, columns, first, y + v, yStride);
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

/* Columns [from, from + columns) of X and of a tile, of which `count` rows are there. */
static void add_tile(
    const float *panel, const float *x, int64_t m, int64_t k, int64_t columns, int first, float *y,
    int64_t yStride, int64_t count, float *edge) {
  for (int64_t row = 0; row < m; row += FLOAT_ROWS) {
    int64_t rows = m - row < FLOAT_ROWS ? m - row : FLOAT_ROWS;
    float *to = y + row * yStride;
    if (count >= ROWS) {
      add_rows(rows, panel, x + row * k, k, columns, first, to, yStride);
    } else {
      if (!first) {
        copy_rows(to, yStride, edge, ROWS, rows, count);
      }
      add_rows(rows, panel, x + row * k, k, columns, first, edge, ROWS);
      copy_rows(edge, ROWS, to, yStride, rows, count);
    }
  }
}

INLINE void float_matmul(
    int64_t format, const uint8_t *tiles, const float *x, int64_t m, int64_t n, int64_t k, float *y,
    int64_t yStride, int64_t fromTile, int64_t toTile, float *scratch) {
  int64_t size = k * ROWS * float_bytes(format);
  float *edge = scratch + FLOAT_COLUMNS * ROWS;
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
      const float *panel = scratch;
      if (format == GATUN_CPU_F32) {
        panel = (const float *)from + c * ROWS;
      } else {
        for (int64_t i = 0; i < columns * ROWS; i += LANES) {
          store(scratch + i, floats_at(format, from, c * ROWS + i));
        }
      }
      add_tile(panel, x + c, m, k, columns, c == 0, to, yStride, count, edge);
    }
  }
}

#endif
