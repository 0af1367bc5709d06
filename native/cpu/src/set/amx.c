/*
 * Products on Intel's AMX: of many rows of X with block formats, and of BF16. All else is done by the
 * kernels of avx512bf16; results of block formats are those of all other sets, bit for bit.
 */
#define DOT_VNNI
#define DOT_BF16
#include "avx512.h"

#include "../formats.h"
#include "../floats.h"
#include "../kernels.h"
#include "../panel.h"
#include "../squares.h"

/* Rows of X at a time: their sums of two vectors of rows of W stay in registers. */
#define SQUARE_ROWS 12

/* From here on a panel is made: few.h's COLUMNS rows at a time, four times. */
#define MANY (4 * COLUMNS)

/* `rows` rows of X, as the squares are configured, times a panel. */
INLINE void square_block(
    kind of, int rows, const uint8_t *panel, const uint8_t *x, int64_t xStride, int64_t blocks,
    float *y, int64_t yStride) {
  ints products[SQUARE_ROWS][VECTORS];
  floats sum[SQUARE_ROWS][VECTORS];
#pragma GCC unroll 12
  for (int r = 0; r < rows; r++) {
    sum[r][0] = sum[r][1] = (floats){0};
  }
  for (int64_t block = 0; block < blocks; block++) {
#pragma GCC unroll 2
    for (int part = 0; part < of.parts; part++) {
      int64_t group = part * GROUPS / of.parts;
      const uint8_t *fields = panel + group * GROUP_BYTES;
      SQUARE_CLEAR(SUM_0);
      SQUARE_CLEAR(SUM_1);
      SQUARE_LOAD(X_0, ((const activations *)x)->fields + 4 * group, xStride);
      SQUARE_LOAD(W_0, fields, GROUP_BYTES);
      SQUARE_LOAD(W_1, fields + WIDTH, GROUP_BYTES);
      SQUARE_BYTES(SUM_0, X_0, W_0);
      SQUARE_BYTES(SUM_1, X_0, W_1);
      SQUARE_STORE(SUM_0, &products[0][0], sizeof products[0]);
      SQUARE_STORE(SUM_1, &products[0][1], sizeof products[0]);
      const float *scales = (const float *)(panel + FIELDS_BYTES) + part * ROWS;
      ints zeros = zeros_of(of.zero, of.parts, part);
#pragma GCC unroll 12
      for (int r = 0; r < rows; r++) {
        const activations *from = (const activations *)(x + r * xStride);
        ints start = pairs(spread_at(from->sums), zeros);
#pragma GCC unroll 2
        for (int v = 0; v < VECTORS; v++) {
          floats scale = load(scales + v * LANES) * from->scale;
          sum[r][v] = fused(to_floats(products[r][v] + start), scale, sum[r][v]);
          if (of.minima) {
            floats least = load(scales + of.parts * ROWS + v * LANES);
            sum[r][v] = fused(least, spread(sum_of_part(of.parts, from, part)), sum[r][v]);
          }
        }
      }
    }
    panel += panel_bytes(of.parts, of.minima);
    x += sizeof(activations);
  }
  for (int r = 0; r < rows; r++) {
    store(y + r * yStride, sum[r][0]);
    store(y + r * yStride + LANES, sum[r][1]);
  }
}

/* All rows of X times a panel; of Y's columns `count` are there. */
INLINE void square_panel(
    kind of, const uint8_t *panel, const uint8_t *x, int64_t xStride, int64_t m, int64_t blocks,
    float *y, int64_t yStride, int64_t count, float *edge) {
  for (int64_t row = 0; row < m; row += SQUARE_ROWS) {
    int rows = m - row < SQUARE_ROWS ? (int)(m - row) : SQUARE_ROWS;
    if (row == 0 || rows < SQUARE_ROWS) {
      configure(rows, GROUPS / of.parts);
    }
    float *to = count < ROWS ? edge : y + row * yStride;
    int64_t stride = count < ROWS ? ROWS : yStride;
    if (rows == SQUARE_ROWS) {
      square_block(of, SQUARE_ROWS, panel, x + row * xStride, xStride, blocks, to, stride);
    } else {
      square_block(of, rows, panel, x + row * xStride, xStride, blocks, to, stride);
    }
    if (count < ROWS) {
      copy_rows(edge, ROWS, y + row * yStride, yStride, rows, count);
    }
  }
}

#define SQUARE_PANEL(name, parts, minima)                                                          \
  static __attribute__((noinline)) void name(                                                     \
      int zero, const uint8_t *panel, const uint8_t *x, int64_t xStride, int64_t m,                \
      int64_t blocks, float *y, int64_t yStride, int64_t count, float *edge) {                     \
    kind of = {parts, minima, 0, 1, zero};                                                         \
    square_panel(of, panel, x, xStride, m, blocks, y, yStride, count, edge);                       \
  }

SQUARE_PANEL(square_plain, 1, 0)
SQUARE_PANEL(square_minima, 1, 1)
SQUARE_PANEL(square_halves, 2, 0)
SQUARE_PANEL(square_halves_minima, 2, 1)

INLINE void square_tiles(
    shape s, const uint8_t *tiles, const uint8_t *x, int64_t m, int64_t n, int64_t k, float *y,
    int64_t yStride, int64_t fromTile, int64_t toTile, uint8_t *scratch) {
  int64_t blocks = k / BLOCK;
  int64_t size = k / s.columns * block_bytes(s);
  float *edge = (float *)(scratch + blocks * panel_bytes(s.parts, s.minima));
  for (int64_t tile = fromTile; tile < toTile; tile++) {
    unpack(s, tiles + tile * size, k / s.columns, scratch);
    float *to = y + tile * ROWS;
    int64_t count = n - tile * ROWS;
    int zero = zero_of(s);
    if (s.parts == 1 && s.minima) {
      square_minima(zero, scratch, x, row_bytes(k), m, blocks, to, yStride, count, edge);
    } else if (s.parts == 1) {
      square_plain(zero, scratch, x, row_bytes(k), m, blocks, to, yStride, count, edge);
    } else if (s.minima) {
      square_halves_minima(zero, scratch, x, row_bytes(k), m, blocks, to, yStride, count, edge);
    } else {
      square_halves(zero, scratch, x, row_bytes(k), m, blocks, to, yStride, count, edge);
    }
  }
}

/* Pairs of columns of BF16 at a time. */
#define DEPTH 16

/* 16 pairs of columns of 16 rows of X, or of twice as many, times a tile, added to the sums. */
INLINE void add_squares(
    int twice, const uint8_t *w, int64_t wStride, const uint8_t *x, int64_t xStride) {
  SQUARE_LOAD(W_0, w, wStride);
  SQUARE_LOAD(W_1, w + WIDTH, wStride);
  SQUARE_LOAD(X_0, x, xStride);
  SQUARE_BRAINS(SUM_0, X_0, W_0);
  SQUARE_BRAINS(SUM_1, X_0, W_1);
  if (twice) {
    SQUARE_LOAD(X_1, x + 16 * xStride, xStride);
    SQUARE_BRAINS(SUM_2, X_1, W_0);
    SQUARE_BRAINS(SUM_3, X_1, W_1);
  }
}

/* y [rows, ROWS] = x [rows, pairs] tile [pairs, ROWS], pairs of columns; rows is 32 if twice. */
INLINE void square_brains_block(
    int twice, int rows, const uint8_t *tile, const uint8_t *x, int64_t pairs, float *y,
    int64_t yStride) {
  int64_t stride = 4 * pairs;
  SQUARE_CLEAR(SUM_0);
  SQUARE_CLEAR(SUM_1);
  if (twice) {
    SQUARE_CLEAR(SUM_2);
    SQUARE_CLEAR(SUM_3);
  }
  int64_t at = 0;
  for (; at + DEPTH <= pairs; at += DEPTH) {
    prefetch(tile + at * GROUP_BYTES, AHEAD, DEPTH * GROUP_BYTES);
    add_squares(twice, tile + at * GROUP_BYTES, GROUP_BYTES, x + 4 * at, stride);
  }
  if (at < pairs) {
    /* The last ones beside zeros, which add nothing. */
    uint8_t w[DEPTH][GROUP_BYTES] = {{0}};
    uint8_t rest[32][4 * DEPTH] = {{0}};
    memcpy(w, tile + at * GROUP_BYTES, (size_t)((pairs - at) * GROUP_BYTES));
    for (int r = 0; r < rows; r++) {
      memcpy(rest[r], x + r * stride + 4 * at, (size_t)(4 * (pairs - at)));
    }
    add_squares(twice, w[0], GROUP_BYTES, rest[0], 4 * DEPTH);
  }
  SQUARE_STORE(SUM_0, y, 4 * yStride);
  SQUARE_STORE(SUM_1, y + LANES, 4 * yStride);
  if (twice) {
    SQUARE_STORE(SUM_2, y + 16 * yStride, 4 * yStride);
    SQUARE_STORE(SUM_3, y + 16 * yStride + LANES, 4 * yStride);
  }
}

static void square_brains_tiles(
    const uint8_t *tiles, const uint8_t *x, int64_t m, int64_t n, int64_t k, float *y,
    int64_t yStride, int64_t fromTile, int64_t toTile) {
  int64_t pairs = (k + 1) / 2;
  for (int64_t tile = fromTile; tile < toTile; tile++) {
    const uint8_t *from = tiles + tile * pairs * GROUP_BYTES;
    int64_t count = n - tile * ROWS;
    for (int64_t row = 0; row < m;) {
      int twice = m - row >= 32;
      int rows = twice ? 32 : m - row < 16 ? (int)(m - row) : 16;
      configure(rows < 16 ? rows : 16, DEPTH);
      float edge[32 * ROWS];
      float *to = count < ROWS ? edge : y + row * yStride + tile * ROWS;
      int64_t stride = count < ROWS ? ROWS : yStride;
      const uint8_t *some = x + row * 4 * pairs;
      if (twice) {
        square_brains_block(1, 32, from, some, pairs, to, stride);
      } else {
        square_brains_block(0, rows, from, some, pairs, to, stride);
      }
      if (count < ROWS) {
        copy_rows(edge, ROWS, y + row * yStride + tile * ROWS, yStride, rows, count);
      }
      row += rows;
    }
  }
}

void gatun_amx_matmul(
    int64_t format, const uint8_t *tiles, const uint8_t *x, int64_t m, int64_t n, int64_t k,
    float *y, int64_t yStride, int64_t fromTile, int64_t toTile, uint8_t *scratch) {
#define PRODUCT(pattern)                                                                           \
  square_tiles(                                                                                    \
      alike(SHAPES[pattern], SHAPES[format]), tiles, x, m, n, k, y, yStride, fromTile, toTile,     \
      scratch)
  if (format == GATUN_CPU_BF16) {
    square_brains_tiles(tiles, x, m, n, k, y, yStride, fromTile, toTile);
  } else if (is_float(format) || m <= MANY) {
    gatun_avx512bf16.matmul(
        format, tiles, x, m, n, k, y, yStride, fromTile, toTile, scratch);
    return;
  } else {
    switch (format) { EACH_FORMAT(PRODUCT, PRODUCT) }
  }
  SQUARE_RELEASE();
}
