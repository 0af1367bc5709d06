/*
 * A block of queries over tiles of a cache, tile after tile: with few queries halves are widened
 * in registers on the way to the products, with many a tile is widened once.
 */
#ifndef GATUN_ATTEND_H
#define GATUN_ATTEND_H

#include "attention.h"
#include "state.h"

/* Queries whose scores stay in the first cache while they become weights and meet the values. */
#define STRIP GATUN_CPU_STRIP

/* Widening costs as much as this many queries' products. */
#define FEW_QUERIES (2 * PRODUCT_ROWS)

typedef struct {
  int64_t type, queries, keyDim, valueDim;
  float softcap;
  const float *q;
  const int32_t *ranges;
  float *stats, *sums, *scores, *wideKeys, *wideValues;
  /* the next tile, where it is worth fetching piece by piece */
  const uint8_t *nextKeys, *nextValues;
} attend_block;

/* Addresses of the keys and the values of one tile; no values: they are the keys' first rows. */
typedef struct {
  int64_t keys, values;
} attend_tile;

#define ADDRESS(at) ((const void *)(intptr_t)(at))

/* All lines of a tile to come: it lies in another page, and the processor looks ahead only in one. */
INLINE void fetch(const void *at, int64_t bytes) {
  for (int64_t i = 0; i < bytes; i += 64) {
    __builtin_prefetch((const uint8_t *)at + i, 0, 2);
  }
}

/* values [64, dim] from the first rows of keys [.., 64]. */
INLINE void transpose_values(const float *keys, int64_t dim, float *values) {
  for (int64_t i = 0; i < dim; i++) {
    for (int64_t slot = 0; slot < POSITIONS; slot++) {
      values[slot * dim + i] = keys[i * POSITIONS + slot];
    }
  }
}

INLINE void attend_strip(
    const attend_block *b, int64_t type, int64_t first, int64_t from, int64_t to, const void *keys,
    const void *values) {
  int64_t count = to - from, dim = b->valueDim;
  float *s = b->scores;
  product(
      type, b->q + from * b->keyDim, count, b->keyDim, keys, POSITIONS, POSITIONS, 0, b->keyDim, s,
      POSITIONS, 0, b->nextKeys);
  if (b->softcap != 0) {
    soft_cap(s, count * POSITIONS, b->softcap);
  }
  int64_t low = POSITIONS, high = 0;
  for (int64_t i = 0; i < count; i++) {
    int64_t query = from + i;
    int64_t start = b->ranges[2 * query] - first, end = b->ranges[2 * query + 1] - first;
    start = start < 0 ? 0 : start;
    end = end > POSITIONS ? POSITIONS : end;
    low = start < low ? start : low;
    high = end > high ? end : high;
    weigh(s + i * POSITIONS, start, end, b->stats + 2 * query, b->sums + query * dim, dim);
  }
  product(
      type, s, count, POSITIONS, values, dim, dim, low, high, b->sums + from * dim, dim, 1,
      b->nextValues);
}

static void attend_tile_of(
    const attend_block *b, int64_t type, int64_t first, int64_t from, int64_t to, const void *keys,
    const void *values) {
  for (; from < to; from += STRIP) {
    int64_t end = from + STRIP < to ? from + STRIP : to;
    if (type == GATUN_CPU_STATE_F16) {
      attend_strip(b, GATUN_CPU_STATE_F16, first, from, end, keys, values);
    } else {
      attend_strip(b, GATUN_CPU_STATE_F32, first, from, end, keys, values);
    }
  }
}

static void attend(
    int64_t type, const float *q, int64_t queries, int64_t keyDim, int64_t valueDim, float softcap,
    const int32_t *ranges, int64_t first, const int64_t *tiles, int64_t count, float *stats,
    float *sums, float *scratch) {
  attend_block b = {type, queries, keyDim, valueDim, softcap, q, ranges, stats, sums, scratch,
                    scratch + STRIP * POSITIONS, scratch + STRIP * POSITIONS + keyDim * POSITIONS,
                    NULL, NULL};
  const attend_tile *at = (const attend_tile *)tiles;
  int64_t size = type == GATUN_CPU_STATE_F32 ? 4 : type == GATUN_CPU_STATE_F16 ? 2 : 1;
  for (int64_t tile = 0; tile < count; tile++, first += POSITIONS) {
    int64_t from = 0, to = queries;
    while (from < to && ranges[2 * from + 1] <= first) {
      from++;
    }
    while (from < to && ranges[2 * to - 2] >= first + POSITIONS) {
      to--;
    }
    if (from == to) {
      continue;
    }
    const void *keys = ADDRESS(at[tile].keys), *values = ADDRESS(at[tile].values);
    int64_t last = ranges[2 * to - 1] - first;
    last = last < POSITIONS ? last : POSITIONS;
    int64_t stored = type;
    int few = to - from <= FEW_QUERIES && type == GATUN_CPU_STATE_F16 && values != NULL;
    const attend_tile *next = at + (tile + 1 < count ? tile + 1 : tile);
    b.nextKeys = few ? ADDRESS(next->keys) : NULL;
    b.nextValues = few ? ADDRESS(next->values) : NULL;
    if (!few && tile + 1 < count) {
      fetch(ADDRESS(next->keys), POSITIONS * keyDim * size);
      if (values != NULL) {
        fetch(ADDRESS(next->values), POSITIONS * valueDim * size);
      }
    }
    if (type != GATUN_CPU_STATE_F32 && !few) {
      stored = GATUN_CPU_STATE_F32;
      widen(type, keys, keyDim, 1, POSITIONS, b.wideKeys);
      keys = b.wideKeys;
      if (values != NULL) {
        widen(type, values, valueDim, 0, last, b.wideValues);
        values = b.wideValues;
      }
    }
    if (values == NULL) {
      transpose_values(keys, valueDim, b.wideValues);
      values = b.wideValues;
    }
    attend_tile_of(&b, stored, first, from, to, keys, values);
  }
}

#endif
