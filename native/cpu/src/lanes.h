/*
 * What encoders of blocks share: a lane is a block or a sub-block, so that sums run in order within a
 * lane, and all instruction sets give the bits of the scalar encoders in java-core/quantize.
 */
#ifndef GATUN_LANES_H
#define GATUN_LANES_H

#include "quantize.h"

/* Elements of a super-block. */
#define SUPER 256

/* The numbers of the lanes. */
#if LANES == 16
#define FIRST_LANES ((ints){0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15})
#elif LANES == 8
#define FIRST_LANES ((ints){0, 1, 2, 3, 4, 5, 6, 7})
#else
#define FIRST_LANES ((ints){0, 1, 2, 3})
#endif

#ifndef SMALLER_INTS
#define SMALLER_INTS(a, b) (((a) < (b)) & (a)) | (~((a) < (b)) & (b))
#endif
INLINE ints smaller_ints(ints a, ints b) { return SMALLER_INTS(a, b); }

INLINE floats magnitude_of(floats x) { return bits_to_floats(floats_to_bits(x) & 0x7fffffff); }

/* To nearest even up to 2^22; beyond, whatever the low bits of the sum hold. */
INLINE ints level_of(floats x) { return (floats_to_bits(x + ROUNDING) & 0x7fffff) - 0x400000; }

INLINE ints level_within(floats x, int32_t least, int32_t most) {
  return larger_ints(smaller_ints(level_of(x), spread_int(most)), spread_int(least));
}

INLINE int32_t level_of_one(float x) {
  int32_t bits;
  x += ROUNDING;
  memcpy(&bits, &x, 4);
  return (bits & 0x7fffff) - 0x400000;
}

INLINE int32_t within(int32_t x, int32_t least, int32_t most) {
  x = x < most ? x : most;
  return x > least ? x : least;
}

/* Stores a number as half precision and returns what a reader will see. */
INLINE float put_half(uint8_t *at, float x) {
  uint16_t halves[LANES];
  to_halves(halves, spread(x));
  memcpy(at, halves, 2);
  return from_halves(halves)[0];
}

/* The low bytes of the lanes. */
INLINE void put_bytes(uint8_t *at, ints x) { to_bytes(at, (x << 24) >> 24); }

/* Quants of up to five bits: the fifth ones, then nibbles of elements j and j + 16. */
INLINE void put_levels(const int32_t *quants, int five, uint8_t *y) {
  if (five) {
    ints bits = {0};
    for (int i = 0; i < BLOCK; i += LANES) {
      bits |= (load_ints(quants + i) >> 4 & 1) << (FIRST_LANES + i);
    }
    int32_t lanes[LANES];
    store_ints(lanes, bits);
    int32_t all = 0;
    for (int i = 0; i < LANES; i++) {
      all |= lanes[i];
    }
    memcpy(y, &all, 4);
    y += 4;
  }
  for (int j = 0; j < BLOCK / 2; j += LANES) {
    ints low = load_ints(quants + j) & 15;
    ints high = load_ints(quants + BLOCK / 2 + j) & 15;
    put_bytes(y + j, low | high << 4);
  }
}

/* Element i of `count` runs of n to lanes: t[i][lane]; what lanes lack is the last run again. */
INLINE void to_lanes(const float *x, int64_t count, int n, float *t) {
  for (int lane = 0; lane < LANES; lane++) {
    const float *run = x + (lane < count ? lane : count - 1) * n;
    for (int i = 0; i < n; i++) {
      t[i * LANES + lane] = run[i];
    }
  }
}

/* weights = importance sqrt(spread + x^2), with a spread per lane. */
INLINE void weigh_lanes(float *weights, floats spreads, const float *t, int n) {
  for (int i = 0; i < n; i++) {
    floats x = load(t + i * LANES);
    store(weights + i * LANES, load(weights + i * LANES) * square_root(spreads + x * x));
  }
}

INLINE floats sum_in_lanes(const float *t, int n) {
  floats sum = {0};
  for (int i = 0; i < n; i++) {
    sum += load(t + i * LANES);
  }
  return sum;
}

INLINE float sum_of_squares(const float *x, int64_t n) {
  float sum = 0;
  for (int64_t i = 0; i < n; i++) {
    sum += x[i] * x[i];
  }
  return sum;
}

/* The largest magnitude of each lane, and the first number that has it. */
INLINE floats largest_in_lanes(const float *t, int n, floats *signed_largest) {
  floats magnitude = {0};
  floats largest = {0};
  for (int i = 0; i < n; i++) {
    floats x = load(t + i * LANES);
    floats a = magnitude_of(x);
    ints more = a > magnitude;
    magnitude = choose(more, a, magnitude);
    largest = choose(more, x, largest);
  }
  *signed_largest = largest;
  return magnitude;
}

#endif
