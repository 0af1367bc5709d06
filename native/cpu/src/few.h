/*
 * Products with few rows of X, as when several sequences are decoded at once: a tile streams from
 * memory once, and its fields go from there to registers, for up to COLUMNS rows of X at a time.
 * The sums are the same as those of one row and of panels.
 */
#ifndef GATUN_FEW_H
#define GATUN_FEW_H

#include "shorts.h"

/* Up to here making a panel costs more than reading fields for each COLUMNS rows of X. */
#ifndef FEW
#define FEW (4 * COLUMNS)
#endif

/* One scale's part of 32 columns of a tile, added to the sums; `first`: of the vectors. */
INLINE void few_part(
    shape s, int columns, const uint8_t *tile, int first, int part, const activations *const *x,
    int64_t at, const floats *scales, const floats *minima, floats (*sum)[ROW_VECTORS]) {
  const uint8_t *fields = tile + small_bytes(s);
  ints zeros = zeros_of(zero_of(s), s.parts, part);
  ints products[COLUMNS][ROW_VECTORS], halves[COLUMNS][ROW_VECTORS];
#pragma GCC unroll 8
  for (int c = 0; c < columns; c++) {
    ints start = pairs(spread_at(x[c][at].sums), zeros);
#pragma GCC unroll 8
    for (int v = 0; v < ROW_VECTORS; v++) {
      products[c][v] = start;
    }
  }
#pragma GCC unroll 8
  for (int i = 0; i < GROUPS / s.parts; i++) {
    int group = part * GROUPS / s.parts + i;
    ints w[ROW_VECTORS];
#pragma GCC unroll 8
    for (int v = 0; v < ROW_VECTORS; v++) {
      w[v] = settled(group_of(s, fields, group, first + v));
    }
#pragma GCC unroll 8
    for (int c = 0; c < columns; c++) {
      ints a = spread_at(x[c][at].fields + 4 * group);
#pragma GCC unroll 8
      for (int v = 0; v < ROW_VECTORS; v++) {
        add_group(is_wide(s), span_of(s), i, w[v], a, &halves[c][v], &products[c][v]);
      }
    }
  }
#pragma GCC unroll 8
  for (int v = 0; v < ROW_VECTORS; v++) {
    floats scale = scales_of(s, tile, part, first + v, scales[v]);
    floats least = s.minima ? minima_of(s, tile, part, first + v, minima[v]) : scale;
#pragma GCC unroll 8
    for (int c = 0; c < columns; c++) {
      sum[c][v] = fused(to_floats(products[c][v]), scale * x[c][at].scale, sum[c][v]);
      if (s.minima) {
        sum[c][v] = fused(least, spread(sum_of_part(s.parts, x[c] + at, part)), sum[c][v]);
      }
    }
  }
}

/*
 * What a tile's passes fetch of the next tile, each its share: memory would otherwise rest while all
 * but the first pass find their tile in cache.
 */
typedef struct {
  /* to the next tile, in bytes; 0 when there is none */
  int64_t distance;
  int64_t pass, passes;
} few_ahead;

INLINE void fetch_share(const few_ahead *ahead, const uint8_t *at, int64_t bytes) {
  if (ahead->distance != 0) {
    for (int64_t i = 64 * ahead->pass; i < bytes; i += 64 * ahead->passes) {
      __builtin_prefetch(at + ahead->distance + i, 0, 2);
    }
  }
}

/* Some vectors of rows of a tile times `columns` rows of X; y [columns, ROWS]. */
INLINE void few_vectors(
    shape s, int columns, const uint8_t *tile, int first, const activations *const *x,
    int64_t blocks, const few_ahead *ahead, float *y) {
  floats sum[COLUMNS][ROW_VECTORS];
#pragma GCC unroll 8
  for (int c = 0; c < columns; c++) {
#pragma GCC unroll 8
    for (int v = 0; v < ROW_VECTORS; v++) {
      sum[c][v] = (floats){0};
    }
  }
  int64_t at = 0;
  for (int64_t block = 0; block < blocks; block++) {
    floats scales[ROW_VECTORS], minima[ROW_VECTORS];
#pragma GCC unroll 8
    for (int v = 0; v < ROW_VECTORS; v++) {
      const uint8_t *head = tile + 2 * LANES * (first + v);
      scales[v] = head_of(s, tile, first + v);
      minima[v] = s.minima ? from_halves(head + HALVES_BYTES) : scales[v];
    }
    fetch_share(ahead, tile, block_bytes(s));
    tile += head_bytes(s);
    for (int64_t i = 0; i < s.columns / BLOCK; i++, at++, tile += part_bytes(s)) {
#pragma GCC unroll 2
      for (int part = 0; part < s.parts; part++) {
        few_part(s, columns, tile, first, part, x, at, scales, minima, sum);
      }
    }
  }
#pragma GCC unroll 8
  for (int c = 0; c < columns; c++) {
#pragma GCC unroll 8
    for (int v = 0; v < ROW_VECTORS; v++) {
      store(y + c * ROWS + (first + v) * LANES, sum[c][v]);
    }
  }
}

INLINE void few_columns(
    shape s, int columns, const uint8_t *tile, const activations *const *x, int64_t blocks,
    few_ahead *ahead, float *y) {
  for (int v = 0; v < VECTORS; v += ROW_VECTORS) {
    few_vectors(s, columns, tile, v, x, blocks, ahead, y);
    ahead->pass++;
  }
}

/* An odd row is multiplied twice: that costs less than code for each number of rows. */
INLINE void few_tiles(
    shape s, const uint8_t *tiles, const uint8_t *x, int64_t m, int64_t n, int64_t k, float *y,
    int64_t yStride, int64_t fromTile, int64_t toTile) {
  int64_t blocks = k / s.columns;
  int64_t size = blocks * block_bytes(s);
  int64_t passes = (m + COLUMNS - 1) / COLUMNS;
  int64_t most = ((m + passes - 1) / passes + 1) / 2 * 2;
  for (int64_t tile = fromTile; tile < toTile; tile++) {
    const uint8_t *from = tiles + tile * size;
    int64_t count = n - tile * ROWS < ROWS ? n - tile * ROWS : ROWS;
    int64_t turns = (m + most - 1) / most;
    few_ahead ahead = {tile + 1 < toTile ? size : 0, 0, turns * (VECTORS / ROW_VECTORS)};
    for (int64_t row = 0; row < m; row += most) {
      const activations *rows[COLUMNS];
      float results[COLUMNS * ROWS];
      for (int64_t c = 0; c < COLUMNS; c++) {
        int64_t i = row + c < m ? row + c : m - 1;
        rows[c] = (const activations *)(x + i * prepared_stride(s, k));
      }
#if COLUMNS > 4
      if (most > 4) {
        few_columns(s, COLUMNS, from, rows, blocks, &ahead, results);
      } else
#endif
#if COLUMNS > 2
      if (most > 2) {
        few_columns(s, 4, from, rows, blocks, &ahead, results);
      } else
#endif
      {
        few_columns(s, 2, from, rows, blocks, &ahead, results);
      }
      for (int64_t c = 0; c < most && row + c < m; c++) {
        memcpy(y + (row + c) * yStride + tile * ROWS, results + c * ROWS, (size_t)(4 * count));
      }
    }
  }
}

#endif
