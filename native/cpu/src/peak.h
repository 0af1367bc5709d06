/* Loops that reach what memory and arithmetic give: the limits that kernels are compared with. */
#ifndef GATUN_PEAK_H
#define GATUN_PEAK_H

#include "span.h"

static int64_t read_bytes(const uint8_t *at, int64_t bytes) {
  ints sum[4] = {{0}};
  int64_t i = 0;
  for (; i + 4 * WIDTH <= bytes; i += 4 * WIDTH) {
#if LANES != 8
    /* Not at 256 bits: a Zen 3 reads such a loop a quarter faster by what it fetches itself. */
    prefetch(at + i, AHEAD, 4 * WIDTH);
#endif
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

/* One group of columns: `at` counts those that are summed in 16 bits together, if span is above 1. */
INLINE void multiply_group(
    int span, int at, const uint8_t *data, ints (*halves)[COLUMNS], ints (*sums)[COLUMNS]) {
  const uint8_t *x = data + at * (4 * COLUMNS);
#pragma GCC unroll 8
  for (int c = 0; c < COLUMNS; c++) {
    ints b = spread_at(x + 4 * c);
#pragma GCC unroll 8
    for (int v = 0; v < ROW_VECTORS; v++) {
      ints a = load_ints(data + (at * ROW_VECTORS + v) * WIDTH);
      add_group(0, span, at, a, b, &halves[v][c], &sums[v][c]);
    }
  }
}

/*
 * The inner loop of products with panels, without scales, on data in the first-level cache: of
 * fields of four bits, of which most products fit in 16 bits where a set sums in those.
 */
static int64_t multiply_adds(int64_t rounds, uint8_t *data) {
  ints sums[ROW_VECTORS][COLUMNS] = {{{0}}}, halves[ROW_VECTORS][COLUMNS];
  int64_t round = 0;
  for (; round + GROUPS <= rounds; round += GROUPS) {
    /* Not always the same: the compiler would multiply once. */
    const uint8_t *from = data + round / GROUPS % 2 * (GATUN_CPU_PEAK_BYTES / 2);
#pragma GCC unroll 8
    for (int group = 0; group < GROUPS; group++) {
      multiply_group(MOST_SPAN, group, from, halves, sums);
    }
  }
  for (; round < rounds; round++) {
    multiply_group(1, (int)(round % GROUPS), data, halves, sums);
  }
  for (int c = 0; c < COLUMNS; c++) {
    for (int v = 0; v < ROW_VECTORS; v++) {
      store_ints(data + (c * ROW_VECTORS + v) * WIDTH, sums[v][c]);
    }
  }
  return rounds * ROW_VECTORS * COLUMNS * LANES * 4;
}

#endif
