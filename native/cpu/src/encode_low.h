/* Q2_K and Q3_K: 16 sub-blocks of 16. */
#ifndef GATUN_ENCODE_LOW_H
#define GATUN_ENCODE_LOW_H

#include "encode_super.h"

/* In each 128, element 32 k + j at bits 2 k of byte j. */
static void put_pairs_of_bits(const uint8_t *quants, uint8_t *y) {
  for (int half = 0; half < 2; half++) {
    const uint8_t *q = quants + half * 128;
    for (int j = 0; j < 32; j++) {
      y[32 * half + j] = (uint8_t)(q[j] | q[j + 32] << 2 | q[j + 64] << 4 | q[j + 96] << 6);
    }
  }
}

/* Four bits of 16 numbers of at least zero, by the largest; returns what scales them. */
static float by_largest_of_16(const float *x, int32_t *quants) {
  float largest = 0;
  for (int s = 0; s < TOGETHER; s++) {
    largest = x[s] > largest ? x[s] : largest;
  }
  float inverse = largest > 0 ? 15 / largest : 0;
  for (int s = 0; s < TOGETHER; s++) {
    quants[s] = largest > 0 ? level_of_one(inverse * x[s]) : 0;
  }
  return largest > 0 ? largest / 15 : 0;
}

static void put_q2_k(const float *x, const fits *all, int weighted, uint8_t *y) {
  int32_t scales[TOGETHER], minimums[TOGETHER];
  float d, dmin;
  if (weighted) {
    d = search_positive(all->scale, all->weight, TOGETHER, 15, scales);
    dmin = search_positive(all->minimum, all->weight, TOGETHER, 15, minimums);
  } else {
    d = by_largest_of_16(all->scale, scales);
    dmin = by_largest_of_16(all->minimum, minimums);
  }
  d = put_half(y + 80, d);
  dmin = put_half(y + 82, dmin);
  uint8_t quants[SUPER];
  for (int s = 0; s < TOGETHER; s++) {
    uint8_t packed = (uint8_t)(scales[s] | minimums[s] << 4);
    y[s] = packed;
    float scale = d * (float)(packed & 15);
    float minimum = dmin * (float)(packed >> 4);
    for (int i = s * SIXTEEN; i < (s + 1) * SIXTEEN; i += LANES) {
      floats v = load(x + i);
      v = scale != 0 ? (v + minimum) / scale : (v - all->start[s]) * all->inverse[s];
      to_bytes(quants + i, level_within(v, 0, 3));
    }
  }
  put_pairs_of_bits(quants, y + 16);
}

static void encode_q2_k(const float *x, int64_t columns, const float *importance, uint8_t *y) {
  for (int64_t at = 0; at < columns; at += SUPER, y += 84) {
    fits all;
    float t[SIXTEEN * LANES], weights[SIXTEEN * LANES];
    float spread_of_block = importance == 0 ? 0 : sum_of_squares(x + at, SUPER) / SUPER;
    for (int s = 0; s < TOGETHER; s += LANES) {
      to_lanes(x + at + s * SIXTEEN, LANES, SIXTEEN, t);
      affine found;
      if (importance == 0) {
        for (int i = 0; i < SIXTEEN; i++) {
          store(weights + i * LANES, magnitude_of(load(t + i * LANES)));
        }
        found = search_affine(t, weights, SIXTEEN, (plan){3, -0.5f, 0.1f, 15, 1});
      } else {
        to_lanes(importance + at + s * SIXTEEN, LANES, SIXTEEN, weights);
        weigh_lanes(weights, spread(spread_of_block), t, SIXTEEN);
        store(all.weight + s, sum_in_lanes(weights, SIXTEEN));
        found = search_affine(t, weights, SIXTEEN, (plan){3, -0.9f, 0.05f, 36, 0});
      }
      store(all.scale + s, found.scale);
      store(all.minimum + s, -found.minimum);
      store(all.inverse + s, found.inverse);
      store(all.start + s, found.start);
    }
    put_q2_k(x + at, &all, importance != 0, y);
  }
}

/*
 * RefinedSearch with four levels a side: lanes that are done do not change any more in the rounds that
 * others need. Quants plus 4; zero where all values are next to nothing.
 */
INLINE floats search_refined(const float *t, float *quants) {
  floats largest;
  floats magnitude = largest_in_lanes(t, SIXTEEN, &largest);
  floats inverse = spread(-4) / largest;
  floats sum_lx = {0};
  floats sum_l2 = {0};
  for (int i = 0; i < SIXTEEN; i++) {
    floats v = load(t + i * LANES);
    floats l = to_floats(level_within(inverse * v, -4, 3));
    store(quants + i * LANES, l);
    sum_lx += v * v * v * l;
    sum_l2 += v * v * l * l;
  }
  for (int round = 0; round < 5; round++) {
    ints changed = {0};
    for (int i = 0; i < SIXTEEN; i++) {
      floats v = load(t + i * LANES);
      floats w = v * v;
      floats old = load(quants + i * LANES);
      floats lx = sum_lx - w * v * old;
      floats l2 = sum_l2 - w * old * old;
      ints better = lx > 0;
      floats l = to_floats(level_within(v * l2 / lx, -4, 3));
      better &= l != old;
      lx += w * v * l;
      l2 += w * l * l;
      better &= (l2 > 0) & (lx * lx * sum_l2 > sum_lx * sum_lx * l2);
      store(quants + i * LANES, choose(better, l, old));
      sum_lx = choose(better, lx, sum_lx);
      sum_l2 = choose(better, l2, sum_l2);
      changed |= better;
    }
    if (sum_of_ints(changed) == 0) {
      break;
    }
  }
  ints nothing = magnitude < TINIEST;
  for (int i = 0; i < SIXTEEN; i++) {
    floats q = load(quants + i * LANES) + 4.0f;
    store(quants + i * LANES, choose(nothing, (floats){0}, q));
  }
  floats scale = choose(sum_l2 > 0, sum_lx / sum_l2, (floats){0});
  return choose(nothing, (floats){0}, scale);
}

/* Six bits with a sign, plus 32, by the largest magnitude; returns what scales them. */
static float by_largest_magnitude(const float *x, int32_t *quants) {
  float largest = 0;
  float magnitude = 0;
  for (int s = 0; s < TOGETHER; s++) {
    float a = x[s] < 0 ? -x[s] : x[s];
    if (a > magnitude) {
      magnitude = a;
      largest = x[s];
    }
  }
  float inverse = -32 / largest;
  for (int s = 0; s < TOGETHER; s++) {
    quants[s] = largest == 0 ? 0 : within((int8_t)level_of_one(inverse * x[s]), -32, 31) + 32;
  }
  return largest == 0 ? 0 : 1 / inverse;
}

/* The same by a search that weighs: all lanes do the same. */
static float by_weights(const float *x, const float *weights, int32_t *quants) {
  float t[TOGETHER * LANES], w[TOGETHER * LANES];
  for (int s = 0; s < TOGETHER; s++) {
    store(t + s * LANES, spread(x[s]));
    store(w + s * LANES, spread(weights[s]));
  }
  symmetric found = search_symmetric(t, w, TOGETHER, 32);
  float inverse = found.inverse[0];
  for (int s = 0; s < TOGETHER; s++) {
    quants[s] = inverse == 0 ? 0 : within(level_of_one(inverse * x[s]), -32, 31) + 32;
  }
  return found.scale[0];
}

static void put_q3_k(const float *x, float d, const int32_t *scales, uint8_t *quants, uint8_t *y) {
  d = put_half(y + 108, d);
  memset(y + 96, 0, 12);
  memset(y, 0, 32);
  for (int s = 0; s < TOGETHER; s++) {
    y[96 + s % 8] |= (uint8_t)((scales[s] & 15) << s / 8 * 4);
    y[104 + s % 4] |= (uint8_t)(scales[s] >> 4 << s / 4 * 2);
    float scale = d * (float)(scales[s] - 32);
    for (int i = s * SIXTEEN; scale != 0 && i < (s + 1) * SIXTEEN; i += LANES) {
      to_bytes(quants + i, level_within(load(x + i) / scale, -4, 3) + 4);
    }
  }
  for (int eighth = 0; eighth < 8; eighth++) {
    uint8_t *q = quants + eighth * BLOCK;
    for (int i = 0; i < BLOCK; i++) {
      y[i] |= (uint8_t)(q[i] >> 2 << eighth);
      q[i] &= 3;
    }
  }
  put_pairs_of_bits(quants, y + 32);
}

static void encode_q3_k(const float *x, int64_t columns, const float *importance, uint8_t *y) {
  for (int64_t at = 0; at < columns; at += SUPER, y += 110) {
    fits all;
    uint8_t quants[SUPER];
    int32_t scales[TOGETHER];
    float spread_of_block = importance == 0 ? 0 : 2 * sum_of_squares(x + at, SUPER) / SUPER;
    for (int s = 0; s < TOGETHER; s += LANES) {
      float t[SIXTEEN * LANES], weights[SIXTEEN * LANES];
      to_lanes(x + at + s * SIXTEEN, LANES, SIXTEEN, t);
      if (importance == 0) {
        /* The search's quants take the place of weights. */
        store(all.scale + s, search_refined(t, weights));
      } else {
        to_lanes(importance + at + s * SIXTEEN, LANES, SIXTEEN, weights);
        weigh_lanes(weights, spread(spread_of_block), t, SIXTEEN);
        store(all.weight + s, sum_in_lanes(weights, SIXTEEN));
        symmetric found = search_symmetric(t, weights, SIXTEEN, 4);
        store(all.scale + s, found.scale);
        for (int i = 0; i < SIXTEEN; i++) {
          floats l = to_floats(level_within(found.inverse * load(t + i * LANES), -4, 3) + 4);
          store(weights + i * LANES, choose(found.inverse == 0, (floats){0}, l));
        }
      }
      for (int lane = 0; lane < LANES; lane++) {
        for (int i = 0; i < SIXTEEN; i++) {
          quants[(s + lane) * SIXTEEN + i] = (uint8_t)weights[i * LANES + lane];
        }
      }
    }
    float d = importance == 0 ? by_largest_magnitude(all.scale, scales)
                              : by_weights(all.scale, all.weight, scales);
    put_q3_k(x + at, d, scales, quants, y);
  }
}

#endif
