/*
 * Products of quantized activations with packed tiles. Lanes are rows of W: nothing is summed
 * across lanes. Per block of 32 columns the products of integers are summed exactly; the blocks'
 * sums are added in order, each with one rounding. One row of X (the tile streams from memory) and
 * many (a tile becomes a panel that stays in cache) therefore give the same bits.
 */
#ifndef GATUN_MATMUL_H
#define GATUN_MATMUL_H

#include "layout.h"

#define VECTORS (ROWS / LANES)

#if defined(DOT_VNNI)
/* Fields of 8 bits keep the 128 that was added. */
#define WIDE_ZERO 128
INLINE ints wide_fields(ints stored) { return stored; }
#else
#define WIDE_ZERO 0
INLINE ints wide_fields(ints stored) { return stored ^ (int32_t)0x80808080; }
#endif

INLINE ints low_fields(ints x) { return x & 0x0f0f0f0f; }
INLINE ints high_fields(ints x) { return (ints)((words)x >> 4) & 0x0f0f0f0f; }

INLINE int is_wide(int64_t format) { return format == GATUN_CPU_Q8_0; }
INLINE int has_minima(int64_t format) { return format == GATUN_CPU_Q4_1; }

/* What is subtracted from a field, as a pair of 16 bits to multiply with activations.sums. */
INLINE ints zero_pair(int64_t format) {
  int zero = format == GATUN_CPU_Q4_0 ? 8 : format == GATUN_CPU_Q4_1 ? 0 : WIDE_ZERO;
  return spread_int((int32_t)((uint32_t)(-zero & 0xffff) * 0x10001u));
}

/* One row of X, one tile. */
INLINE void dot_tile(
    int64_t format, const uint8_t *tile, const activations *x, int64_t blocks, floats *y) {
  ints zeros = zero_pair(format);
  floats sum[VECTORS];
  for (int v = 0; v < VECTORS; v++) {
    sum[v] = (floats){0};
  }
  for (int64_t block = 0; block < blocks; block++, tile += block_bytes(format)) {
    const activations *part = x + block;
    const uint8_t *fields = tile + (has_minima(format) ? 2 : 1) * SCALES_BYTES;
    ints start = pairs(spread_at(part->sums), zeros);
    ints products[VECTORS];
    for (int v = 0; v < VECTORS; v++) {
      products[v] = start;
    }
    if (is_wide(format)) {
#pragma GCC unroll 8
      for (int group = 0; group < BLOCK / 4; group++) {
        ints a = spread_at(part->fields + 4 * group);
        for (int v = 0; v < VECTORS; v++) {
          ints w = wide_fields(load_ints(fields + group * GROUP_BYTES + v * WIDTH));
          products[v] = wide_dot(products[v], w, a);
        }
      }
    } else {
#pragma GCC unroll 4
      for (int group = 0; group < BLOCK / 8; group++) {
        ints low = spread_at(part->fields + 4 * group);
        ints high = spread_at(part->fields + BLOCK / 2 + 4 * group);
        for (int v = 0; v < VECTORS; v++) {
          ints w = load_ints(fields + group * GROUP_BYTES + v * WIDTH);
          products[v] = dot(products[v], low_fields(w), low);
          products[v] = dot(products[v], high_fields(w), high);
        }
      }
    }
    for (int v = 0; v < VECTORS; v++) {
      floats scale = from_halves(tile + 2 * LANES * v) * part->scale;
      sum[v] = fused(to_floats(products[v]), scale, sum[v]);
      if (has_minima(format)) {
        floats least = from_halves(tile + SCALES_BYTES + 2 * LANES * v);
        sum[v] = fused(least, spread(part->sum), sum[v]);
      }
    }
  }
  for (int v = 0; v < VECTORS; v++) {
    y[v] = sum[v];
  }
}

INLINE void dot_tiles(
    int64_t format, const uint8_t *tiles, const uint8_t *x, int64_t n, int64_t k, float *y,
    int64_t fromTile, int64_t toTile) {
  int64_t blocks = k / BLOCK;
  int64_t size = blocks * block_bytes(format);
  for (int64_t tile = fromTile; tile < toTile; tile++) {
    floats result[VECTORS];
    dot_tile(format, tiles + tile * size, (const activations *)x, blocks, result);
    int64_t count = n - tile * ROWS;
    memcpy(y + tile * ROWS, result, (size_t)(4 * (count < ROWS ? count : ROWS)));
  }
}

/* A tile with a byte per field and scales in single precision. */
INLINE void unpack(int64_t format, const uint8_t *tile, int64_t blocks, uint8_t *panel) {
  for (int64_t block = 0; block < blocks; block++) {
    const uint8_t *fields = tile + (has_minima(format) ? 2 : 1) * SCALES_BYTES;
    for (int v = 0; v < VECTORS; v++) {
      if (is_wide(format)) {
        for (int group = 0; group < BLOCK / 4; group++) {
          int at = group * GROUP_BYTES + v * WIDTH;
          store_ints(panel + at, wide_fields(load_ints(fields + at)));
        }
      } else {
        for (int group = 0; group < BLOCK / 8; group++) {
          int at = group * GROUP_BYTES + v * WIDTH;
          ints w = load_ints(fields + at);
          store_ints(panel + at, low_fields(w));
          store_ints(panel + at + NIBBLES_BYTES, high_fields(w));
        }
      }
      store(panel + PANEL_SCALES + v * WIDTH, from_halves(tile + 2 * LANES * v));
      if (has_minima(format)) {
        floats least = from_halves(tile + SCALES_BYTES + 2 * LANES * v);
        store(panel + PANEL_MINIMA + v * WIDTH, least);
      }
    }
    tile += block_bytes(format);
    panel += PANEL_BYTES;
  }
}

/* `columns` rows of X times some vectors of rows of a panel; y is transposed on the way out. */
INLINE void multiply_block(
    int64_t format, int columns, const uint8_t *panel, const uint8_t *x, int64_t xStride,
    int64_t blocks, float *y, int64_t yStride) {
  ints zeros = zero_pair(format);
  floats sum[COLUMNS][ROW_VECTORS];
#pragma GCC unroll 8
  for (int c = 0; c < columns; c++) {
#pragma GCC unroll 8
    for (int v = 0; v < ROW_VECTORS; v++) {
      sum[c][v] = (floats){0};
    }
  }
  for (int64_t block = 0; block < blocks; block++) {
    ints products[COLUMNS][ROW_VECTORS];
#pragma GCC unroll 8
    for (int c = 0; c < columns; c++) {
      const activations *part = (const activations *)(x + c * xStride);
      ints start = pairs(spread_at(part->sums), zeros);
#pragma GCC unroll 8
      for (int v = 0; v < ROW_VECTORS; v++) {
        products[c][v] = start;
      }
    }
#pragma GCC unroll 8
    for (int group = 0; group < BLOCK / 4; group++) {
      ints w[ROW_VECTORS];
#pragma GCC unroll 8
      for (int v = 0; v < ROW_VECTORS; v++) {
        w[v] = load_ints(panel + group * GROUP_BYTES + v * WIDTH);
      }
#pragma GCC unroll 8
      for (int c = 0; c < columns; c++) {
        const activations *part = (const activations *)(x + c * xStride);
        ints a = spread_at(part->fields + 4 * group);
#pragma GCC unroll 8
        for (int v = 0; v < ROW_VECTORS; v++) {
          products[c][v] =
              is_wide(format) ? wide_dot(products[c][v], w[v], a) : dot(products[c][v], w[v], a);
        }
      }
    }
#pragma GCC unroll 8
    for (int v = 0; v < ROW_VECTORS; v++) {
      floats scales = load(panel + PANEL_SCALES + v * WIDTH);
#pragma GCC unroll 8
      for (int c = 0; c < columns; c++) {
        const activations *part = (const activations *)(x + c * xStride);
        sum[c][v] = fused(to_floats(products[c][v]), scales * part->scale, sum[c][v]);
        if (has_minima(format)) {
          floats least = load(panel + PANEL_MINIMA + v * WIDTH);
          sum[c][v] = fused(least, spread(part->sum), sum[c][v]);
        }
      }
    }
    panel += PANEL_BYTES;
    x += sizeof(activations);
  }
#pragma GCC unroll 8
  for (int c = 0; c < columns; c++) {
#pragma GCC unroll 8
    for (int v = 0; v < ROW_VECTORS; v++) {
      store(y + c * yStride + v * LANES, sum[c][v]);
    }
  }
}

/* All rows of a panel times `columns` rows of X. */
INLINE void multiply_columns(
    int64_t format, int columns, const uint8_t *panel, const uint8_t *x, int64_t xStride,
    int64_t blocks, float *y, int64_t yStride) {
  for (int v = 0; v < VECTORS; v += ROW_VECTORS) {
    multiply_block(
        format, columns, panel + v * WIDTH, x, xStride, blocks, y + v * LANES, yStride);
  }
}

INLINE void multiply_rest(
    int64_t format, int64_t columns, const uint8_t *panel, const uint8_t *x, int64_t xStride,
    int64_t blocks, float *y, int64_t yStride) {
  switch (columns) {
    case 1:
      multiply_columns(format, 1, panel, x, xStride, blocks, y, yStride);
      break;
#if COLUMNS > 2
    case 2:
      multiply_columns(format, 2, panel, x, xStride, blocks, y, yStride);
      break;
    case 3:
      multiply_columns(format, 3, panel, x, xStride, blocks, y, yStride);
      break;
    case 4:
      multiply_columns(format, 4, panel, x, xStride, blocks, y, yStride);
      break;
    case 5:
      multiply_columns(format, 5, panel, x, xStride, blocks, y, yStride);
      break;
#endif
    default:
      multiply_columns(format, COLUMNS, panel, x, xStride, blocks, y, yStride);
  }
}

INLINE void multiply_tiles(
    int64_t format, const uint8_t *tiles, const uint8_t *x, int64_t m, int64_t n, int64_t k,
    float *y, int64_t yStride, int64_t fromTile, int64_t toTile, uint8_t *scratch) {
  int64_t blocks = k / BLOCK;
  int64_t xStride = row_bytes(k);
  float *edge = (float *)(scratch + blocks * PANEL_BYTES);
  for (int64_t tile = fromTile; tile < toTile; tile++) {
    unpack(format, tiles + tile * blocks * block_bytes(format), blocks, scratch);
    int64_t count = n - tile * ROWS;
    for (int64_t row = 0; row < m; row += COLUMNS) {
      int64_t columns = m - row < COLUMNS ? m - row : COLUMNS;
      const uint8_t *from = x + row * xStride;
      float *to = y + row * yStride + tile * ROWS;
      if (count >= ROWS) {
        multiply_rest(format, columns, scratch, from, xStride, blocks, to, yStride);
      } else {
        multiply_rest(format, columns, scratch, from, xStride, blocks, edge, ROWS);
        for (int64_t c = 0; c < columns; c++) {
          memcpy(to + c * yStride, edge + c * ROWS, (size_t)(4 * count));
        }
      }
    }
  }
}

INLINE void matmul_of(
    int64_t format, const uint8_t *tiles, const uint8_t *x, int64_t m, int64_t n, int64_t k,
    float *y, int64_t yStride, int64_t fromTile, int64_t toTile, uint8_t *scratch) {
  if (m == 1) {
    dot_tiles(format, tiles, x, n, k, y, fromTile, toTile);
  } else {
    multiply_tiles(format, tiles, x, m, n, k, y, yStride, fromTile, toTile, scratch);
  }
}

static void matmul(
    int64_t format, const uint8_t *tiles, const uint8_t *x, int64_t m, int64_t n, int64_t k,
    float *y, int64_t yStride, int64_t fromTile, int64_t toTile, uint8_t *scratch) {
  /* One copy of the code for each format: within it, the format is a constant. */
  switch (format) {
    case GATUN_CPU_Q4_0:
      matmul_of(
          GATUN_CPU_Q4_0, tiles, x, m, n, k, y, yStride, fromTile, toTile, scratch);
      break;
    case GATUN_CPU_Q4_1:
      matmul_of(
          GATUN_CPU_Q4_1, tiles, x, m, n, k, y, yStride, fromTile, toTile, scratch);
      break;
    default:
      matmul_of(
          GATUN_CPU_Q8_0, tiles, x, m, n, k, y, yStride, fromTile, toTile, scratch);
  }
}

#endif
