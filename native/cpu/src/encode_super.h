/* Q4_K, Q5_K and Q6_K: lanes are sub-blocks of one or two super-blocks. */
#ifndef GATUN_ENCODE_SUPER_H
#define GATUN_ENCODE_SUPER_H

#include "search.h"

/* Sub-blocks searched before super-blocks are written: all of two, or of one with 16. */
#define TOGETHER 16

/* What a search says of each sub-block. */
typedef struct {
  float scale[TOGETHER];
  float minimum[TOGETHER];
  float inverse[TOGETHER];
  float start[TOGETHER];
  float weight[TOGETHER];
} fits;

/* Without an importance a value counts by its magnitude and the mean one of its sub-block. */
INLINE void weigh_by_magnitude(const float *t, float *weights, int n) {
  floats sum = {0};
  for (int i = 0; i < n; i++) {
    floats x = load(t + i * LANES);
    sum += x * x;
  }
  floats mean = square_root(sum / (float)n);
  for (int i = 0; i < n; i++) {
    store(weights + i * LANES, mean + magnitude_of(load(t + i * LANES)));
  }
}

/* Fits `count` sub-blocks of 32, LANES at a time. */
INLINE void fit_affine(
    const float *x, int64_t count, const float *importance, plan p, fits *all) {
  float t[BLOCK * LANES], weights[BLOCK * LANES], spreads[TOGETHER + LANES];
  if (importance != 0) {
    float one = 0;
    for (int s = 0; s < TOGETHER + LANES; s++) {
      if (s % 8 == 0 && s < count) {
        one = 2 * sum_of_squares(x + s * BLOCK, SUPER) / SUPER;
      }
      spreads[s] = one;
    }
  }
  for (int s = 0; s < count; s += LANES) {
    to_lanes(x + s * BLOCK, count - s, BLOCK, t);
    if (importance == 0) {
      weigh_by_magnitude(t, weights, BLOCK);
    } else {
      to_lanes(importance + s * BLOCK, count - s, BLOCK, weights);
      weigh_lanes(weights, load(spreads + s), t, BLOCK);
      store(all->weight + s, sum_in_lanes(weights, BLOCK));
    }
    affine found = search_affine(t, weights, BLOCK, p);
    store(all->scale + s, found.scale);
    store(all->minimum + s, -found.minimum);
    store(all->inverse + s, found.inverse);
    store(all->start + s, found.start);
  }
}

/* Six bits of eight numbers of at least zero, by the largest; returns what scales them. */
static float by_largest(const float *x, int32_t *quants) {
  float largest = 0;
  for (int s = 0; s < 8; s++) {
    largest = x[s] > largest ? x[s] : largest;
  }
  float inverse = largest > 0 ? 63 / largest : 0;
  for (int s = 0; s < 8; s++) {
    int32_t l = level_of_one(inverse * x[s]) & 0xff;
    quants[s] = l < 63 ? l : 63;
  }
  return largest / 63;
}

/* Eight scales and minimums of six bits as Q4_K and Q5_K have them. */
static void put_scales(const int32_t *scales, const int32_t *minimums, uint8_t *y) {
  for (int s = 0; s < 4; s++) {
    int32_t scale = scales[s + 4];
    int32_t minimum = minimums[s + 4];
    y[s] = (uint8_t)(scales[s] | scale >> 4 << 6);
    y[4 + s] = (uint8_t)(minimums[s] | minimum >> 4 << 6);
    y[8 + s] = (uint8_t)((scale & 15) | (minimum & 15) << 4);
  }
}

/* Rounds a sub-block to (x + minimum) / scale, or as the search did where the scale is zero. */
INLINE void round_affine(
    const float *x, float scale, float minimum, float inverse, float start, int levels,
    uint8_t *quants) {
  for (int i = 0; i < BLOCK; i += LANES) {
    floats v = load(x + i);
    v = scale != 0 ? (v + minimum) / scale : (v - start) * inverse;
    to_bytes(quants + i, level_within(v, 0, levels));
  }
}

INLINE void put_affine(
    const float *x, const fits *all, int first, int weighted, int levels, uint8_t *y) {
  int five = levels == 31;
  int32_t scales[8], minimums[8];
  float d, dmin;
  if (weighted) {
    d = search_positive(all->scale + first, all->weight + first, 8, 63, scales);
    dmin = search_positive(all->minimum + first, all->weight + first, 8, 63, minimums);
    for (int s = 0; five && s < 8; s++) {
      scales[s] = scales[s] < 63 ? scales[s] : 63;
      minimums[s] = minimums[s] < 63 ? minimums[s] : 63;
    }
  } else {
    d = by_largest(all->scale + first, scales);
    dmin = by_largest(all->minimum + first, minimums);
  }
  d = put_half(y, d);
  dmin = put_half(y + 2, dmin);
  uint8_t *packed = y + 4;
  put_scales(scales, minimums, packed);
  uint8_t quants[SUPER];
  for (int s = 0; s < 8; s++) {
    const uint8_t *low = packed + s % 4;
    int32_t scale = s < 4 ? low[0] & 63 : (low[8] & 15) | low[0] >> 6 << 4;
    int32_t minimum = s < 4 ? low[4] & 63 : low[8] >> 4 | low[4] >> 6 << 4;
    round_affine(
        x + s * BLOCK, d * (float)scale, dmin * (float)minimum, all->inverse[first + s],
        all->start[first + s], levels, quants + s * BLOCK);
  }
  uint8_t *nibbles = five ? y + 48 : y + 16;
  for (int i = 0; five && i < BLOCK; i++) {
    int bits = 0;
    for (int s = 0; s < 8; s++) {
      bits |= (quants[s * BLOCK + i] >> 4) << s;
    }
    y[16 + i] = (uint8_t)bits;
  }
  for (int pair = 0; pair < 4; pair++) {
    const uint8_t *from = quants + 2 * pair * BLOCK;
    for (int i = 0; i < BLOCK; i++) {
      nibbles[pair * BLOCK + i] = (uint8_t)((from[i] & 15) | from[BLOCK + i] << 4);
    }
  }
}

INLINE void encode_affine(
    const float *x, int64_t columns, const float *importance, plan p, int bytes, uint8_t *y) {
  for (int64_t at = 0; at < columns; at += 2 * SUPER) {
    int64_t left = columns - at < 2 * SUPER ? 1 : 2;
    fits all;
    fit_affine(x + at, 8 * left, importance == 0 ? 0 : importance + at, p, &all);
    for (int64_t b = 0; b < left; b++, y += bytes) {
      put_affine(x + at + b * SUPER, &all, (int)(8 * b), importance != 0, p.levels, y);
    }
  }
}

static void encode_q4_k(const float *x, int64_t columns, const float *importance, uint8_t *y) {
  if (importance == 0) {
    encode_affine(x, columns, 0, (plan){15, -1, 0.1f, 20, 0}, 144, y);
  } else {
    encode_affine(x, columns, importance, (plan){15, -0.9f, 0.05f, 36, 0}, 144, y);
  }
}

static void encode_q5_k(const float *x, int64_t columns, const float *importance, uint8_t *y) {
  if (importance == 0) {
    encode_affine(x, columns, 0, (plan){31, -0.5f, 0.1f, 15, 0}, 176, y);
  } else {
    encode_affine(x, columns, importance, (plan){31, -0.9f, 0.05f, 36, 0}, 176, y);
  }
}

/* Elements of a sub-block of Q6_K. */
#define SIXTEEN 16

static void put_q6_k(const float *x, const fits *all, uint8_t *y) {
  float magnitude = 0;
  float largest = 0;
  for (int s = 0; s < TOGETHER; s++) {
    float a = all->scale[s] < 0 ? -all->scale[s] : all->scale[s];
    if (a > magnitude) {
      magnitude = a;
      largest = all->scale[s];
    }
  }
  if (magnitude < TINIEST) {
    memset(y, 0, 210);
    return;
  }
  float inverse = -128 / largest;
  float d = put_half(y + 208, 1 / inverse);
  uint8_t quants[SUPER];
  for (int s = 0; s < TOGETHER; s++) {
    int32_t l = level_of_one(inverse * all->scale[s]);
    int8_t stored = (int8_t)(l < 127 ? l : 127);
    y[192 + s] = (uint8_t)stored;
    float scale = d * (float)stored;
    for (int i = s * SIXTEEN; i < (s + 1) * SIXTEEN; i += LANES) {
      floats v = load(x + i);
      v = scale != 0 ? v / scale : v * all->inverse[s];
      ints q = level_within(v, -32, 31) + 32;
      to_bytes(quants + i, scale == 0 && all->inverse[s] == 0 ? (ints){0} : q);
    }
  }
  for (int half = 0; half < 2; half++) {
    const uint8_t *q = quants + half * 128;
    for (int j = 0; j < 32; j++) {
      y[64 * half + j] = (uint8_t)((q[j] & 15) | q[j + 64] << 4);
      y[64 * half + 32 + j] = (uint8_t)((q[j + 32] & 15) | q[j + 96] << 4);
      y[128 + 32 * half + j] = (uint8_t)(
          q[j] >> 4 | q[j + 32] >> 4 << 2 | q[j + 64] >> 4 << 4 | q[j + 96] >> 4 << 6);
    }
  }
}

static void encode_q6_k(const float *x, int64_t columns, const float *importance, uint8_t *y) {
  for (int64_t at = 0; at < columns; at += SUPER, y += 210) {
    fits all;
    for (int s = 0; s < TOGETHER; s += LANES) {
      float t[SIXTEEN * LANES], weights[SIXTEEN * LANES];
      to_lanes(x + at + s * SIXTEEN, LANES, SIXTEEN, t);
      if (importance == 0) {
        for (int i = 0; i < SIXTEEN; i++) {
          floats v = load(t + i * LANES);
          store(weights + i * LANES, v * v);
        }
      } else {
        to_lanes(importance + at + s * SIXTEEN, LANES, SIXTEEN, weights);
      }
      symmetric found = search_symmetric(t, weights, SIXTEEN, 32);
      store(all.scale + s, found.scale);
      store(all.inverse + s, found.inverse);
    }
    put_q6_k(x + at, &all, y);
  }
}

#endif
