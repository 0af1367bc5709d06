/* IQ4_NL, IQ4_XS and MXFP4: four bits are the index of one of sixteen values. */
#ifndef GATUN_ENCODE_VALUES_H
#define GATUN_ENCODE_VALUES_H

#include "search.h"

/* The values of IQ4, and what halves the distance to the one before. */
static const int32_t IQ4_VALUES[] = {-127, -104, -83, -65, -49, -35, -22, -10,
                                     1,    13,   25,  38,  53,  69,  89,  113};
static const float IQ4_MIDDLES[] = {-115.5f, -93.5f, -74, -57,   -42,   -28.5f, -16, -4.5f,
                                    7,       19,     31.5f, 45.5f, 61, 79,     101};

/* The nearest value, or its index; the last one's for what is no number. */
INLINE ints nearest_of_values(floats x, int indices) {
  ints found = spread_int(indices ? 0 : IQ4_VALUES[0]);
#pragma GCC unroll 15
  for (int i = 0; i < 15; i++) {
    int32_t step = indices ? 1 : IQ4_VALUES[i + 1] - IQ4_VALUES[i];
    found += ~(x < IQ4_MIDDLES[i]) & step;
  }
  return found;
}

/* NonLinear.Searching.scale, of a block of 32 in each lane. */
INLINE floats search_values(const float *t, const float *weights) {
  floats largest;
  floats magnitude = largest_in_lanes(t, BLOCK, &largest);
  floats scale = {0};
  floats best = {0};
  for (int trial = -8; trial <= 7; trial++) {
    int first = trial == -8;
    floats inverse = first ? 1 / (-largest / (float)IQ4_VALUES[0])
                           : spread((float)trial + (float)IQ4_VALUES[0]) / largest;
    floats sum_qx = {0};
    floats sum_q2 = {0};
    for (int i = 0; i < BLOCK; i++) {
      floats v = load(t + i * LANES);
      floats q = to_floats(nearest_of_values(inverse * v, 0));
      floats wq = load(weights + i * LANES) * q;
      sum_qx += wq * v;
      sum_q2 += wq * q;
    }
    ints some = sum_q2 > 0;
    if (first) {
      scale = choose(some, sum_qx / sum_q2, (floats){0});
      best = scale * sum_qx;
    } else {
      ints better = some & (sum_qx * sum_qx > best * sum_q2);
      scale = choose(better, sum_qx / sum_q2, scale);
      best = choose(better, scale * sum_qx, best);
    }
  }
  return choose(magnitude < TINIEST, (floats){0}, scale);
}

/* Scales of up to LANES blocks; spreads: of each one's importance. */
INLINE floats fit_values(
    const float *x, int64_t count, const float *importance, const float *spreads) {
  float t[BLOCK * LANES], weights[BLOCK * LANES];
  to_lanes(x, count, BLOCK, t);
  if (importance == 0) {
    for (int i = 0; i < BLOCK; i++) {
      floats v = load(t + i * LANES);
      store(weights + i * LANES, v * v);
    }
  } else {
    to_lanes(importance, count, BLOCK, weights);
    weigh_lanes(weights, load(spreads), t, BLOCK);
  }
  return search_values(t, weights);
}

/* A block's indices. */
INLINE void put_values(const float *x, float scale, uint8_t *y) {
  float inverse = scale != 0 ? 1 / scale : 0;
  int32_t quants[BLOCK];
  for (int i = 0; i < BLOCK; i += LANES) {
    store_ints(quants + i, nearest_of_values(inverse * load(x + i), 1));
  }
  put_levels(quants, 0, y);
}

static void encode_iq4_nl(const float *x, int64_t columns, const float *importance, uint8_t *y) {
  for (int64_t block = 0; block < columns / BLOCK; block += LANES) {
    int64_t count = columns / BLOCK - block < LANES ? columns / BLOCK - block : LANES;
    const float *from = x + block * BLOCK;
    float spreads[LANES], scales[LANES];
    for (int64_t b = 0; importance != 0 && b < LANES; b++) {
      spreads[b] = sum_of_squares(from + (b < count ? b : 0) * BLOCK, BLOCK) * (2.0f / BLOCK);
    }
    store(scales, fit_values(from, count, importance == 0 ? 0 : importance + block * BLOCK, spreads));
    for (int64_t b = 0; b < count; b++) {
      uint8_t *to = y + (block + b) * 18;
      put_half(to, scales[b]);
      put_values(from + b * BLOCK, scales[b], to + 2);
    }
  }
}

/* A super-block of eight blocks with these scales. */
static void put_iq4_xs(const float *x, const float *scales, uint8_t *y) {
  float largest = 0;
  float magnitude = 0;
  for (int s = 0; s < 8; s++) {
    float a = scales[s] < 0 ? -scales[s] : scales[s];
    if (a > magnitude) {
      magnitude = a;
      largest = scales[s];
    }
  }
  float d = -largest / 32;
  float inverse = d != 0 ? 1 / d : 0;
  put_half(y, d);
  memset(y + 4, 0, 4);
  int32_t high = 0;
  for (int s = 0; s < 8; s++) {
    int32_t l = within(level_of_one(inverse * scales[s]), -32, 31);
    /* With d as it was before it was rounded to sixteen bits. */
    put_values(x + s * BLOCK, d * (float)l, y + 8 + 16 * s);
    y[4 + s / 2] |= (uint8_t)(((l + 32) & 15) << s % 2 * 4);
    high |= (l + 32) >> 4 << 2 * s;
  }
  y[2] = (uint8_t)high;
  y[3] = (uint8_t)(high >> 8);
}

static void encode_iq4_xs(const float *x, int64_t columns, const float *importance, uint8_t *y) {
  for (int64_t at = 0; at < columns; at += 2 * SUPER) {
    int64_t blocks = columns - at < 2 * SUPER ? 8 : 16;
    float spreads[16 + LANES], scales[16];
    for (int64_t s = 0; importance != 0 && s < 16 + LANES; s++) {
      int64_t of = s < blocks ? s / 8 * SUPER : 0;
      spreads[s] = s % 8 == 0 || s >= blocks
          ? sum_of_squares(x + at + of, SUPER) * (2.0f / SUPER)
          : spreads[s - 1];
    }
    for (int64_t s = 0; s < blocks; s += LANES) {
      const float *weights = importance == 0 ? 0 : importance + at + s * BLOCK;
      store(scales + s, fit_values(x + at + s * BLOCK, blocks - s, weights, spreads + s));
    }
    for (int64_t s = 0; s < blocks; s += 8, y += 136) {
      put_iq4_xs(x + at + s * BLOCK, scales + s, y);
    }
  }
}

/*
 * C's floorf(log2f(x)): the logarithm is rounded to single precision before the floor, so that numbers a
 * little below a power of two count as that power.
 */
INLINE int32_t floor_of_logarithm(float x) {
  double wide = x;
  int64_t bits;
  memcpy(&bits, &wide, 8);
  int32_t next = (int32_t)(bits >> 52) - 1023 + 1;
  int64_t power_bits = (int64_t)(next + 1023) << 52;
  double power;
  memcpy(&power, &power_bits, 8);
  double below = (1 - x / power) / 0.6931471805599453;
  /* Distance of the next number in single precision towards lower logarithms. */
  float at = (float)(next < 0 ? -next : next);
  int32_t at_bits;
  memcpy(&at_bits, &at, 4);
  at_bits += next > 0 ? -1 : 1;
  float beside;
  memcpy(&beside, &at_bits, 4);
  float distance = next > 0 ? at - beside : beside - at;
  return below < (double)(distance / 2) ? next : next - 1;
}

/* MXFP4: the largest magnitude's exponent less two, and E2M1 by the first of the nearest values. */
INLINE void encode_mxfp4_block(const float *x, uint8_t *y) {
  floats most = magnitude_of(load(x));
  for (int i = LANES; i < BLOCK; i += LANES) {
    most = larger(magnitude_of(load(x + i)), most);
  }
  float magnitude = largest_of(most);
  /* One byte, which wraps for subnormal magnitudes. */
  int32_t e = magnitude > 0 ? (floor_of_logarithm(magnitude) - 2 + 127) & 0xff : 0;
  y[0] = (uint8_t)e;
  int32_t half_bits = e < 2 ? 0x00200000 << e : (e - 1) << 23;
  float half;
  memcpy(&half, &half_bits, 4);
  /* Scales are powers of two: no border is rounded. What lies on one belongs to the smaller value. */
  static const float BORDERS[] = {0.5f, 1.5f, 2.5f, 3.5f, 5, 7, 10};
  int32_t quants[BLOCK];
  for (int i = 0; i < BLOCK; i += LANES) {
    floats v = load(x + i);
    floats a = magnitude_of(v);
    ints q = {0};
#pragma GCC unroll 7
    for (int b = 0; b < 7; b++) {
      q -= a > BORDERS[b] * half;
    }
    store_ints(quants + i, q | ((q > 0) & (v < 0) & 8));
  }
  put_levels(quants, 0, y + 1);
}

#endif
