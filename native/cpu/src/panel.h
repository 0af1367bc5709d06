/*
 * Panels: a tile with a byte per field and scales in single precision, made once for all rows of X
 * and multiplied with COLUMNS of them at a time. One copy of the code serves all formats with as
 * many scales and minima.
 */
#ifndef GATUN_PANEL_H
#define GATUN_PANEL_H

#include "span.h"

/* What a product with a panel needs to know of its format; but for zero all constants. */
typedef struct {
  int parts;
  int minima;
  int wide;
  /* groups of columns whose products are summed in 16 bits before they are widened */
  int span;
  int zero;
} kind;

/* What is subtracted from fields, as a pair of 16 bits to multiply with activations.sums. */
INLINE ints zero_pair(int zero, int first, int last) {
  uint32_t part = (uint32_t)-zero & 0xffff;
  return spread_int((int32_t)((first ? part : 0) | (last ? part << 16 : 0)));
}

/* The same for a part of a block. */
INLINE ints zeros_of(int zero, int parts, int part) {
  return zero_pair(zero, part == 0, part == parts - 1);
}

/* scale times the sum of the fields of a part. */
INLINE float sum_of_part(int parts, const activations *x, int part) {
  return parts == 1 ? x->sum : x->scale * (float)x->sums[part];
}

#if defined(MATRIX_PRODUCT)
/* Two groups of columns, side by side for each row. */
INLINE void store_groups(uint8_t *panel, ints x, ints y) {
  store_ints(panel, first_pairs(x, y));
  store_ints(panel + GROUP_BYTES, last_pairs(x, y));
}

/*
 * Adds the products of a part of a block: squares of two rows of W and two of X, of which lanes are
 * made at the end.
 */
INLINE void add_products(
    kind of, int columns, int part, const uint8_t *panel, const uint8_t *x, int64_t xStride,
    ints products[COLUMNS][ROW_VECTORS]) {
  ints squares[(COLUMNS + 1) / 2][ROW_VECTORS][2];
#pragma GCC unroll 8
  for (int c = 0; c < columns; c += 2) {
#pragma GCC unroll 8
    for (int v = 0; v < ROW_VECTORS; v++) {
      squares[c / 2][v][0] = (ints){0};
      squares[c / 2][v][1] = (ints){0};
    }
  }
#pragma GCC unroll 8
  for (int i = 0; i < GROUPS / of.parts; i += 2) {
    int group = part * GROUPS / of.parts + i;
    ints w[ROW_VECTORS][2];
#pragma GCC unroll 8
    for (int v = 0; v < ROW_VECTORS; v++) {
      w[v][0] = load_ints(panel + group * GROUP_BYTES + v * WIDTH);
      w[v][1] = load_ints(panel + (group + 1) * GROUP_BYTES + v * WIDTH);
    }
#pragma GCC unroll 8
    for (int c = 0; c < columns; c += 2) {
      const activations *first = (const activations *)(x + c * xStride);
      /* The last of an odd number is multiplied twice. */
      int64_t next = c + 1 < columns ? xStride : 0;
      const activations *second = (const activations *)(x + c * xStride + next);
      ints a = two_rows(first->fields + 4 * group, second->fields + 4 * group);
#pragma GCC unroll 8
      for (int v = 0; v < ROW_VECTORS; v++) {
        squares[c / 2][v][0] = matrix_dot(squares[c / 2][v][0], w[v][0], a);
        squares[c / 2][v][1] = matrix_dot(squares[c / 2][v][1], w[v][1], a);
      }
    }
  }
#pragma GCC unroll 8
  for (int c = 0; c < columns; c++) {
#pragma GCC unroll 8
    for (int v = 0; v < ROW_VECTORS; v++) {
      products[c][v] += every_other(c % 2, squares[c / 2][v][0], squares[c / 2][v][1]);
    }
  }
}
#else
INLINE void store_groups(uint8_t *panel, ints x, ints y) {
  store_ints(panel, x);
  store_ints(panel + GROUP_BYTES, y);
}

/* Adds the products of a part of a block. */
INLINE void add_products(
    kind of, int columns, int part, const uint8_t *panel, const uint8_t *x, int64_t xStride,
    ints products[COLUMNS][ROW_VECTORS]) {
  ints halves[COLUMNS][ROW_VECTORS];
#pragma GCC unroll 8
  for (int i = 0; i < GROUPS / of.parts; i++) {
    int group = part * GROUPS / of.parts + i;
    ints w[ROW_VECTORS];
#pragma GCC unroll 8
    for (int v = 0; v < ROW_VECTORS; v++) {
      w[v] = settled(load_ints(panel + group * GROUP_BYTES + v * WIDTH));
    }
#pragma GCC unroll 8
    for (int c = 0; c < columns; c++) {
      const activations *from = (const activations *)(x + c * xStride);
      ints a = spread_at(from->fields + 4 * group);
#pragma GCC unroll 8
      for (int v = 0; v < ROW_VECTORS; v++) {
        add_group(of.wide, of.span, i, w[v], a, &halves[c][v], &products[c][v]);
      }
    }
  }
}
#endif

INLINE void unpack(shape s, const uint8_t *tile, int64_t blocks, uint8_t *panel) {
  for (int64_t block = 0; block < blocks; block++) {
    const uint8_t *head = tile;
    tile += head_bytes(s);
    for (int64_t i = 0; i < s.columns / BLOCK; i++) {
      prefetch(tile, AHEAD, part_bytes(s));
      float *scales = (float *)(panel + FIELDS_BYTES);
      for (int v = 0; v < VECTORS; v++) {
#pragma GCC unroll 8
        for (int group = 0; group < GROUPS; group += 2) {
          ints first = group_of(s, tile + small_bytes(s), group, v);
          ints second = group_of(s, tile + small_bytes(s), group + 1, v);
          store_groups(panel + group * GROUP_BYTES + v * WIDTH, first, second);
        }
        for (int part = 0; part < s.parts; part++) {
          floats scale = head_of(s, head, v);
          store(scales + part * ROWS + v * LANES, scales_of(s, tile, part, v, scale));
          if (s.minima) {
            floats least = from_halves(head + HALVES_BYTES + 2 * LANES * v);
            least = minima_of(s, tile, part, v, least);
            store(scales + (s.parts + part) * ROWS + v * LANES, least);
          }
        }
      }
      tile += part_bytes(s);
      panel += panel_bytes(s.parts, s.minima);
    }
  }
}

/* `columns` rows of X times some vectors of rows of a panel; y is transposed on the way out. */
INLINE void multiply_block(
    kind of, int columns, const uint8_t *panel, const uint8_t *x, int64_t xStride, int64_t blocks,
    float *y, int64_t yStride) {
  floats sum[COLUMNS][ROW_VECTORS];
#pragma GCC unroll 8
  for (int c = 0; c < columns; c++) {
#pragma GCC unroll 8
    for (int v = 0; v < ROW_VECTORS; v++) {
      sum[c][v] = (floats){0};
    }
  }
  for (int64_t block = 0; block < blocks; block++) {
#pragma GCC unroll 2
    for (int part = 0; part < of.parts; part++) {
      ints zeros = zeros_of(of.zero, of.parts, part);
      ints products[COLUMNS][ROW_VECTORS];
#pragma GCC unroll 8
      for (int c = 0; c < columns; c++) {
        const activations *from = (const activations *)(x + c * xStride);
        ints start = pairs(spread_at(from->sums), zeros);
#pragma GCC unroll 8
        for (int v = 0; v < ROW_VECTORS; v++) {
          products[c][v] = start;
        }
      }
      add_products(of, columns, part, panel, x, xStride, products);
      const float *scales = (const float *)(panel + FIELDS_BYTES) + part * ROWS;
#pragma GCC unroll 8
      for (int v = 0; v < ROW_VECTORS; v++) {
        floats scale = load(scales + v * LANES);
#pragma GCC unroll 8
        for (int c = 0; c < columns; c++) {
          const activations *from = (const activations *)(x + c * xStride);
          sum[c][v] = fused(to_floats(products[c][v]), scale * from->scale, sum[c][v]);
          if (of.minima) {
            floats least = load(scales + of.parts * ROWS + v * LANES);
            sum[c][v] = fused(least, spread(sum_of_part(of.parts, from, part)), sum[c][v]);
          }
        }
      }
    }
    panel += panel_bytes(of.parts, of.minima);
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

/* All rows of a panel times `columns` rows of X. Fields and scales have one pitch: 4 bytes a row. */
INLINE void multiply_columns(
    kind of, int columns, const uint8_t *panel, const uint8_t *x, int64_t xStride, int64_t blocks,
    float *y, int64_t yStride) {
  for (int v = 0; v < VECTORS; v += ROW_VECTORS) {
    multiply_block(
        of, columns, panel + v * WIDTH, x, xStride, blocks, y + v * LANES, yStride);
  }
}

INLINE void multiply_rest(
    kind of, int64_t columns, const uint8_t *panel, const uint8_t *x, int64_t xStride,
    int64_t blocks, float *y, int64_t yStride) {
  switch (columns) {
    case 1:
      multiply_columns(of, 1, panel, x, xStride, blocks, y, yStride);
      break;
#if COLUMNS > 2
    case 2:
      multiply_columns(of, 2, panel, x, xStride, blocks, y, yStride);
      break;
    case 3:
      multiply_columns(of, 3, panel, x, xStride, blocks, y, yStride);
      break;
#endif
#if COLUMNS > 4
    case 4:
      multiply_columns(of, 4, panel, x, xStride, blocks, y, yStride);
      break;
    case 5:
      multiply_columns(of, 5, panel, x, xStride, blocks, y, yStride);
      break;
#endif
    default:
      multiply_columns(of, COLUMNS, panel, x, xStride, blocks, y, yStride);
  }
}

#define PANEL_PRODUCT(name, parts, minima, wide, span)                                             \
  static __attribute__((noinline)) void name(                                                     \
      int zero, int64_t columns, const uint8_t *panel, const uint8_t *x, int64_t xStride,          \
      int64_t blocks, float *y, int64_t yStride) {                                                 \
    kind of = {parts, minima, wide, span, zero};                                                   \
    multiply_rest(of, columns, panel, x, xStride, blocks, y, yStride);                             \
  }

PANEL_PRODUCT(multiply_plain, 1, 0, 0, 1)
PANEL_PRODUCT(multiply_wide, 1, 0, 1, 1)
PANEL_PRODUCT(multiply_halves, 2, 0, 0, 1)
#if defined(SHORT_PRODUCTS)
PANEL_PRODUCT(multiply_plain_by_8, 1, 0, 0, 8)
PANEL_PRODUCT(multiply_plain_by_4, 1, 0, 0, 4)
PANEL_PRODUCT(multiply_minima_by_8, 1, 1, 0, 8)
PANEL_PRODUCT(multiply_minima_by_4, 1, 1, 0, 4)
PANEL_PRODUCT(multiply_halves_by_4, 2, 0, 0, 4)
PANEL_PRODUCT(multiply_halves_by_2, 2, 0, 0, 2)
PANEL_PRODUCT(multiply_halves_minima_by_4, 2, 1, 0, 4)
#else
PANEL_PRODUCT(multiply_minima, 1, 1, 0, 1)
PANEL_PRODUCT(multiply_halves_minima, 2, 1, 0, 1)
#define multiply_plain_by_8 multiply_plain
#define multiply_plain_by_4 multiply_plain
#define multiply_minima_by_8 multiply_minima
#define multiply_minima_by_4 multiply_minima
#define multiply_halves_by_4 multiply_halves
#define multiply_halves_by_2 multiply_halves
#define multiply_halves_minima_by_4 multiply_halves_minima
#endif

/* Formats with minima have fields of 2, 4 or 5 bits. */
INLINE void multiply_panel(
    shape s, int64_t columns, const uint8_t *panel, const uint8_t *x, int64_t xStride,
    int64_t blocks, float *y, int64_t yStride) {
  int zero = zero_of(s);
  int span = span_of(s);
  if (is_wide(s)) {
    multiply_wide(zero, columns, panel, x, xStride, blocks, y, yStride);
  } else if (s.parts == 1 && s.minima) {
    (span == 4 ? multiply_minima_by_4 : multiply_minima_by_8)(
        zero, columns, panel, x, xStride, blocks, y, yStride);
  } else if (s.parts == 1) {
    (span == 8 ? multiply_plain_by_8 : span == 4 ? multiply_plain_by_4 : multiply_plain)(
        zero, columns, panel, x, xStride, blocks, y, yStride);
  } else if (s.minima) {
    multiply_halves_minima_by_4(zero, columns, panel, x, xStride, blocks, y, yStride);
  } else {
    (span == 4 ? multiply_halves_by_4 : span == 2 ? multiply_halves_by_2 : multiply_halves)(
        zero, columns, panel, x, xStride, blocks, y, yStride);
  }
}

#endif
