/*
 * Products of quantized activations with packed tiles. Lanes are rows of W: nothing is summed
 * across lanes. Per scale the products of integers are summed exactly; those sums are added in
 * order, each with one rounding. One row of X (the tile streams from memory) and many (a tile
 * becomes a panel that stays in cache) therefore give the same bits.
 */
#ifndef GATUN_MATMUL_H
#define GATUN_MATMUL_H

#include "few.h"
#include "floats.h"
#include "formats.h"
#include "panel.h"
#include "shorts.h"

/*
 * Fields of bytes, in the order in which they lie; cache lines are asked for one by one, as they are
 * read: with all of a part at once a tenth of the bandwidth was lost.
 */
INLINE void dot_bytes(shape s, const uint8_t *fields, const activations *x, ints *products) {
#pragma GCC unroll 8
  for (int group = 0; group < GROUPS; group++) {
    ints a = spread_at(x->fields + 4 * group);
    prefetch(fields + group * GROUP_BYTES, LINES_AHEAD, GROUP_BYTES);
    for (int v = 0; v < VECTORS; v++) {
      products[v] = settled(dot_of(is_wide(s), products[v], group_of(s, fields, group, v), a));
    }
  }
}

/* 32 columns of a tile, added to the sums; scales and minima are those of the block. */
INLINE void dot_part(
    shape s, const uint8_t *tile, const activations *x, const floats *scales, const floats *minima,
    floats *sum) {
  if (s.low == 8) {
    prefetch(tile - head_bytes(s), LINES_AHEAD, head_bytes(s));
  } else {
    prefetch(tile, AHEAD, part_bytes(s));
  }
  const uint8_t *fields = tile + small_bytes(s);
  int second = s.parts - 1;
  ints products[2][VECTORS];
  for (int part = 0; part < s.parts; part++) {
    ints start = pairs(spread_at(x->sums), zeros_of(zero_of(s), s.parts, part));
    for (int v = 0; v < VECTORS; v++) {
      products[part][v] = start;
    }
  }
  if (s.low == 8) {
    dot_bytes(s, fields, x, products[0]);
  } else {
    /* Both halves of the columns go to the same sums of 16 bits where all fit. */
    int span = span_of(s), at = span == GROUPS ? 2 : 1;
    int wide = is_wide(s) ? EVEN_WIDE : 0;
    /* High bits take so many of 16 registers that two vectors at a time are what fits. */
    int together = s.high > 0 && LANES == 8 ? 2 : VECTORS;
#pragma GCC unroll 4
    for (int first = 0; first < VECTORS; first += together) {
      ints halves[2][VECTORS];
#pragma GCC unroll 4
      for (int group = 0; group < GROUPS / 2; group++) {
        ints low = spread_at(x->fields + 4 * group);
        ints high = spread_at(x->fields + BLOCK / 2 + 4 * group);
        for (int v = first; v < first + together; v++) {
          ints w = group_of(s, fields, group, v);
          add_group(wide, span, at * group, w, low, &halves[0][v], &products[0][v]);
          w = group_of(s, fields, group + GROUPS / 2, v);
          add_group(
              wide, span, at * group + at - 1, w, high, &halves[2 - at][v],
              &products[second][v]);
        }
      }
    }
  }
  for (int part = 0; part < s.parts; part++) {
    for (int v = 0; v < VECTORS; v++) {
      floats scale = scales_of(s, tile, part, v, scales[v]) * x->scale;
      sum[v] = fused(to_floats(products[part][v]), scale, sum[v]);
      if (s.minima) {
        floats least = minima_of(s, tile, part, v, minima[v]);
        sum[v] = fused(least, spread(sum_of_part(s.parts, x, part)), sum[v]);
      }
    }
  }
}

/* One row of X, one tile. */
INLINE void dot_tile(
    shape s, const uint8_t *tile, const activations *x, int64_t blocks, floats *y) {
  floats sum[VECTORS];
  for (int v = 0; v < VECTORS; v++) {
    sum[v] = (floats){0};
  }
  for (int64_t block = 0; block < blocks; block++) {
    floats scales[VECTORS], minima[VECTORS];
    for (int v = 0; v < VECTORS; v++) {
      scales[v] = head_of(s, tile, v);
      minima[v] = s.minima ? from_halves(tile + HALVES_BYTES + 2 * LANES * v) : scales[v];
    }
    tile += head_bytes(s);
    for (int64_t i = 0; i < s.columns / BLOCK; i++) {
      dot_part(s, tile, x, scales, minima, sum);
      tile += part_bytes(s);
      x++;
    }
  }
  for (int v = 0; v < VECTORS; v++) {
    y[v] = sum[v];
  }
}

/* Row by row; a tile of several is in cache after the first. */
INLINE void dot_tiles(
    shape s, const uint8_t *tiles, const uint8_t *x, int64_t m, int64_t n, int64_t k, float *y,
    int64_t yStride, int64_t fromTile, int64_t toTile) {
  int64_t blocks = k / s.columns;
  int64_t size = blocks * block_bytes(s);
  for (int64_t tile = fromTile; tile < toTile; tile++) {
    int64_t count = n - tile * ROWS < ROWS ? n - tile * ROWS : ROWS;
    for (int64_t row = 0; row < m; row++) {
      const activations *from = (const activations *)(x + row * prepared_stride(s, k));
      floats result[VECTORS];
      dot_tile(s, tiles + tile * size, from, blocks, result);
      memcpy(y + row * yStride + tile * ROWS, result, (size_t)(4 * count));
    }
  }
}

INLINE void multiply_tiles(
    shape s, const uint8_t *tiles, const uint8_t *x, int64_t m, int64_t n, int64_t k, float *y,
    int64_t yStride, int64_t fromTile, int64_t toTile, uint8_t *scratch) {
  int64_t blocks = k / BLOCK;
  int64_t size = k / s.columns * block_bytes(s);
  int64_t xStride = row_bytes(k);
  float *edge = (float *)(scratch + blocks * panel_bytes(s.parts, s.minima));
  for (int64_t tile = fromTile; tile < toTile; tile++) {
    unpack(s, tiles + tile * size, k / s.columns, scratch);
    int64_t count = n - tile * ROWS;
    for (int64_t row = 0; row < m; row += COLUMNS) {
      int64_t columns = m - row < COLUMNS ? m - row : COLUMNS;
      const uint8_t *from = x + row * xStride;
      float *to = y + row * yStride + tile * ROWS;
      if (count >= ROWS) {
        multiply_panel(s, columns, scratch, from, xStride, blocks, to, yStride);
      } else {
        multiply_panel(s, columns, scratch, from, xStride, blocks, edge, ROWS);
        for (int64_t c = 0; c < columns; c++) {
          memcpy(to + c * yStride, edge + c * ROWS, (size_t)(4 * count));
        }
      }
    }
  }
}

/* Rows of X up to which formats without code for few rows are multiplied row by row. */
#define SINGLES 3

/* few: whether there is code for few rows, the largest part of a format's. */
INLINE void matmul_of(
    shape s, int few, const uint8_t *tiles, const uint8_t *x, int64_t m, int64_t n, int64_t k, float *y,
    int64_t yStride, int64_t fromTile, int64_t toTile, uint8_t *scratch) {
  if (m <= (few ? 1 : SINGLES)) {
    dot_tiles(s, tiles, x, m, n, k, y, yStride, fromTile, toTile);
  } else if (few && m <= FEW) {
    few_tiles(s, tiles, x, m, n, k, y, yStride, fromTile, toTile);
  } else if (by_shorts(s)) {
    short_tiles(s, tiles, x, m, n, k, y, yStride, fromTile, toTile, scratch);
  } else {
    multiply_tiles(s, tiles, x, m, n, k, y, yStride, fromTile, toTile, scratch);
  }
}

static void matmul(
    int64_t format, const uint8_t *tiles, const uint8_t *x, int64_t m, int64_t n, int64_t k,
    float *y, int64_t yStride, int64_t fromTile, int64_t toTile, uint8_t *scratch) {
#define PRODUCT(format)                                                                            \
  matmul_of(SHAPES[format], 1, tiles, x, m, n, k, y, yStride, fromTile, toTile, scratch)
#define PRODUCT_LIKE(pattern)                                                                      \
  matmul_of(                                                                                       \
      alike(SHAPES[pattern], SHAPES[format]), 0, tiles, x, m, n, k, y, yStride, fromTile, toTile,  \
      scratch)
#define FLOAT_PRODUCT(format)                                                                      \
  case format:                                                                                     \
    float_matmul(                                                                                  \
        format, tiles, (const float *)x, m, n, k, y, yStride, fromTile, toTile, (float *)scratch); \
    break
  switch (format) {
    EACH_FORMAT(PRODUCT, PRODUCT_LIKE)
    FLOAT_PRODUCT(GATUN_CPU_F32);
    FLOAT_PRODUCT(GATUN_CPU_F16);
    FLOAT_PRODUCT(GATUN_CPU_BF16);
  }
}

#endif
