/*
 * Products of fields that need all 8 bits, on sets whose products of bytes are summed in 16: two of
 * those fill 16 bits, so that each sum would be widened by a further product. With fields and rows
 * of X of 16 bits one product gives the same integers, without turning signs.
 */
#ifndef GATUN_SHORTS_H
#define GATUN_SHORTS_H

#include "floats.h"
#include "panel.h"

/* Rows of X at once: with two vectors of sums each, fields and a product they fill 16 registers. */
#define SHORT_COLUMNS 6

/* Pairs of columns of a block: of each group the first and the third, then the others. */
#define PAIRS (BLOCK / 2)

/* A block of X in 16 bits, in pairs. */
typedef struct {
  float scale;
  int16_t fields[BLOCK];
} short_activations;

/* Bytes of a row of X in 16 bits; it follows that of bytes. */
INLINE int64_t short_row_bytes(int64_t k) {
  return (k / BLOCK * (int64_t)sizeof(short_activations) + 63) / 64 * 64;
}

/* Whether a format's panels have fields of 16 bits. */
INLINE int by_shorts(shape s) {
#if defined(SHORT_PRODUCTS)
  return is_wide(s);
#else
  (void)s;
  return 0;
#endif
}

/* From one prepared row of X to the next. */
INLINE int64_t prepared_stride(shape s, int64_t k) {
  return row_bytes(k) + (by_shorts(s) ? short_row_bytes(k) : 0);
}

INLINE void widen_row(const activations *x, int64_t blocks, short_activations *y) {
  for (int64_t block = 0; block < blocks; block++) {
    const int8_t *from = x[block].fields;
    int16_t *to = y[block].fields;
    for (int group = 0; group < GROUPS; group++) {
      to[2 * group] = from[4 * group];
      to[2 * group + 1] = from[4 * group + 2];
      to[PAIRS + 2 * group] = from[4 * group + 1];
      to[PAIRS + 2 * group + 1] = from[4 * group + 3];
    }
    y[block].scale = x[block].scale;
  }
}

INLINE void unpack_shorts(shape s, const uint8_t *tile, int64_t blocks, uint8_t *panel) {
  for (int64_t block = 0; block < blocks; block++) {
    const uint8_t *head = tile;
    tile += head_bytes(s);
    for (int64_t i = 0; i < s.columns / BLOCK; i++) {
      prefetch(tile, AHEAD, part_bytes(s));
      for (int v = 0; v < VECTORS; v++) {
#pragma GCC unroll 8
        for (int group = 0; group < GROUPS; group++) {
          ints x = group_of(s, tile + small_bytes(s), group, v);
          uint8_t *to = panel + group * GROUP_BYTES + v * WIDTH;
          store_ints(to, (ints)((shorts)x << 8 >> 8));
          store_ints(to + FIELDS_BYTES, (ints)((shorts)x >> 8));
        }
        floats scale = scales_of(s, tile, 0, v, head_of(s, head, v));
        store(panel + 2 * FIELDS_BYTES + v * WIDTH, scale);
      }
      tile += part_bytes(s);
      panel += SHORTS_BYTES;
    }
  }
}

/* `columns` rows of X times some vectors of rows of a panel, added to y, or its first terms. */
INLINE void multiply_short_block(
    int columns, int first, const uint8_t *panel, const uint8_t *x, int64_t xStride, int64_t blocks,
    float *y, int64_t yStride) {
  floats sum[SHORT_COLUMNS][ROW_VECTORS];
#pragma GCC unroll 8
  for (int c = 0; c < columns; c++) {
#pragma GCC unroll 8
    for (int v = 0; v < ROW_VECTORS; v++) {
      sum[c][v] = first ? (floats){0} : load(y + c * yStride + v * LANES);
    }
  }
  for (int64_t block = 0; block < blocks; block++) {
    ints products[SHORT_COLUMNS][ROW_VECTORS];
#pragma GCC unroll 16
    for (int pair = 0; pair < PAIRS; pair++) {
      ints w[ROW_VECTORS];
#pragma GCC unroll 8
      for (int v = 0; v < ROW_VECTORS; v++) {
        w[v] = settled(load_ints(panel + pair * GROUP_BYTES + v * WIDTH));
      }
#pragma GCC unroll 8
      for (int c = 0; c < columns; c++) {
        const short_activations *from = (const short_activations *)(x + c * xStride);
        ints a = spread_at(from->fields + 2 * pair);
#pragma GCC unroll 8
        for (int v = 0; v < ROW_VECTORS; v++) {
          ints both = pairs(w[v], a);
          products[c][v] = settled(pair == 0 ? both : products[c][v] + both);
        }
      }
    }
#pragma GCC unroll 8
    for (int v = 0; v < ROW_VECTORS; v++) {
      floats scale = load(panel + 2 * FIELDS_BYTES + v * WIDTH);
#pragma GCC unroll 8
      for (int c = 0; c < columns; c++) {
        const short_activations *from = (const short_activations *)(x + c * xStride);
        sum[c][v] = fused(to_floats(products[c][v]), scale * from->scale, sum[c][v]);
      }
    }
    panel += SHORTS_BYTES;
    x += sizeof(short_activations);
  }
#pragma GCC unroll 8
  for (int c = 0; c < columns; c++) {
#pragma GCC unroll 8
    for (int v = 0; v < ROW_VECTORS; v++) {
      store(y + c * yStride + v * LANES, sum[c][v]);
    }
  }
}

INLINE void multiply_short_columns(
    int columns, int first, const uint8_t *panel, const uint8_t *x, int64_t xStride, int64_t blocks,
    float *y, int64_t yStride) {
  for (int v = 0; v < VECTORS; v += ROW_VECTORS) {
    multiply_short_block(
        columns, first, panel + v * WIDTH, x, xStride, blocks, y + v * LANES, yStride);
  }
}

static __attribute__((noinline)) void multiply_shorts(
    int64_t columns, int first, const uint8_t *panel, const uint8_t *x, int64_t xStride,
    int64_t blocks, float *y, int64_t yStride) {
#define SHORT_COLUMNS_OF(n)                                                                        \
  case n:                                                                                          \
    multiply_short_columns(n, first, panel, x, xStride, blocks, y, yStride);                       \
    break;
  switch (columns) {
    SHORT_COLUMNS_OF(1)
    SHORT_COLUMNS_OF(2)
    SHORT_COLUMNS_OF(3)
    SHORT_COLUMNS_OF(4)
    SHORT_COLUMNS_OF(5)
    SHORT_COLUMNS_OF(SHORT_COLUMNS)
    default:
      break;
  }
#undef SHORT_COLUMNS_OF
}

/* Panels of SHORT_DEPTH columns stay in the second cache, however long rows are. */
INLINE void short_tiles(
    shape s, const uint8_t *tiles, const uint8_t *x, int64_t m, int64_t n, int64_t k, float *y,
    int64_t yStride, int64_t fromTile, int64_t toTile, uint8_t *scratch) {
  int64_t size = k / s.columns * block_bytes(s);
  int64_t xStride = prepared_stride(s, k);
  float *edge = (float *)(scratch + least(k, SHORT_DEPTH) / BLOCK * SHORTS_BYTES);
  for (int64_t tile = fromTile; tile < toTile; tile++) {
    int64_t count = least(n - tile * ROWS, ROWS);
    for (int64_t at = 0; at < k; at += SHORT_DEPTH) {
      int64_t depth = least(k - at, SHORT_DEPTH);
      unpack_shorts(
          s, tiles + tile * size + at / s.columns * block_bytes(s), depth / s.columns, scratch);
      const uint8_t *from =
          x + row_bytes(k) + at / BLOCK * (int64_t)sizeof(short_activations);
      for (int64_t row = 0; row < m; row += SHORT_COLUMNS, from += SHORT_COLUMNS * xStride) {
        int64_t columns = least(m - row, SHORT_COLUMNS);
        float *to = y + row * yStride + tile * ROWS;
        if (count == ROWS) {
          multiply_shorts(
              columns, at == 0, scratch, from, xStride, depth / BLOCK, to, yStride);
          continue;
        }
        if (at > 0) {
          copy_rows(to, yStride, edge, ROWS, columns, count);
        }
        multiply_shorts(columns, at == 0, scratch, from, xStride, depth / BLOCK, edge, ROWS);
        copy_rows(edge, ROWS, to, yStride, columns, count);
      }
    }
  }
}

#endif
