/* Loops that reach what memory and arithmetic give: the limits that kernels are compared with. */
#ifndef GATUN_PEAK_H
#define GATUN_PEAK_H

#include "simd.h"

/* How far ahead of a stream its cache lines are asked for. */
#define PEAK_AHEAD 4096

static int64_t read_bytes(const uint8_t *at, int64_t bytes) {
  ints sum[4] = {{0}};
  int64_t i = 0;
  for (; i + 4 * WIDTH <= bytes; i += 4 * WIDTH) {
    for (int line = 0; line < 4 * WIDTH; line += 64) {
      __builtin_prefetch(at + i + PEAK_AHEAD + line, 0, 3);
    }
    for (int v = 0; v < 4; v++) {
      sum[v] ^= load_ints(at + i + v * WIDTH);
    }
  }
  ints all = (sum[0] ^ sum[1]) ^ (sum[2] ^ sum[3]);
  int64_t result = 0;
  for (int lane = 0; lane < LANES; lane++) {
    result ^= (int64_t)all[lane] << lane % 2 * 32;
  }
  for (; i < bytes; i++) {
    result ^= at[i];
  }
  return result;
}

/* The inner loop of products with panels, without scales, on data in the first-level cache. */
static int64_t multiply_adds(int64_t rounds, uint8_t *data) {
  ints sums[ROW_VECTORS][COLUMNS] = {{{0}}};
  for (int64_t round = 0; round < rounds; round++) {
    const uint8_t *w = data + round % 8 * (ROW_VECTORS * WIDTH);
    const uint8_t *x = data + round % 8 * (4 * COLUMNS);
    ints a[ROW_VECTORS];
    for (int v = 0; v < ROW_VECTORS; v++) {
      a[v] = load_ints(w + v * WIDTH);
    }
    for (int c = 0; c < COLUMNS; c++) {
      ints b = spread_at(x + 4 * c);
      for (int v = 0; v < ROW_VECTORS; v++) {
        sums[v][c] = dot(sums[v][c], a[v], b);
      }
    }
  }
  for (int c = 0; c < COLUMNS; c++) {
    for (int v = 0; v < ROW_VECTORS; v++) {
      store_ints(data + (c * ROW_VECTORS + v) * WIDTH, sums[v][c]);
    }
  }
  return rounds * ROW_VECTORS * COLUMNS * LANES * 4;
}

#endif
