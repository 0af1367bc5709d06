/*
 * Attention over tiles of 64 positions, with running maximum and sum (Milakov and Gimelshein
 * 2018). Keys of a tile are [dim, 64], values [64, dim].
 */
#ifndef GATUN_ATTENTION_H
#define GATUN_ATTENTION_H

#include "function.h"
#include "kernels.h"
#include "product.h"

#define POSITIONS GATUN_CPU_POSITIONS

static void scores(const float *q, int64_t queries, const float *keys, int64_t dim, float *s) {
  product(
      GATUN_CPU_STATE_F32, q, queries, dim, keys, POSITIONS, POSITIONS, 0, dim, s, POSITIONS, 0,
      NULL);
}

/* y [queries, dim] += weights [queries, 64] times the transpose of keys [dim, 64]. */
static void accumulate_keys(
    const float *weights, int64_t queries, const float *keys, int64_t dim, float *sums) {
  for (int64_t query = 0; query < queries; query++) {
    for (int64_t i = 0; i < dim; i++) {
      floats sum = {0};
      for (int j = 0; j < POSITIONS; j += LANES) {
        sum = fused(load(weights + query * POSITIONS + j), load(keys + i * POSITIONS + j), sum);
      }
      sums[query * dim + i] += sum_of(sum);
    }
  }
}

/* s = cap tanh(s / cap). */
static void soft_cap(float *s, int64_t count, float cap) {
  for (int64_t i = 0; i < count; i += LANES) {
    int64_t part = count - i < LANES ? count - i : LANES;
    store_part(s + i, hyperbolic_tangent(load_part(s + i, part) / cap) * cap, part);
  }
}

static void accumulate(
    const float *weights, int64_t queries, const float *values, int64_t dim, int64_t from,
    int64_t to, float *sums) {
  product(
      GATUN_CPU_STATE_F32, weights, queries, POSITIONS, values, dim, dim, from, to, sums, dim, 1,
      NULL);
}

static void weigh(float *s, int64_t from, int64_t to, float *stats, float *sum, int64_t dim) {
  float hidden = -__builtin_inff();
  if (from > 0 || to < POSITIONS) {
    for (int64_t i = 0; i < POSITIONS; i++) {
      s[i] = i >= from && i < to ? s[i] : hidden;
    }
  }
  floats most = spread(stats[0]);
  for (int i = 0; i < POSITIONS; i += LANES) {
    most = larger(load(s + i), most);
  }
  float max = largest_of(most);
  if (max == hidden) {
    memset(s, 0, 4 * POSITIONS);
    return;
  }
  floats total = {0};
  for (int i = 0; i < POSITIONS; i += LANES) {
    floats weight = exponential(load(s + i) - max);
    store(s + i, weight);
    total += weight;
  }
  float rescale = 1;
  if (max != stats[0]) {
    rescale = exponential(spread(stats[0] - max))[0];
    for (int64_t i = 0; i < dim; i++) {
      sum[i] *= rescale;
    }
  }
  stats[0] = max;
  stats[1] = stats[1] * rescale + sum_of(total);
}

#endif
