/*
 * Rows of X as products take them: in 8 bits, in bfloat16, or unprepared. Of 8 bits: per block of
 * 32 the scale is the largest magnitude over 127, fields are rounded to nearest even. A block with
 * an infinity or a NaN gets the scale NaN: its row's results become NaN.
 */
#ifndef GATUN_QUANTIZE_H
#define GATUN_QUANTIZE_H

#include "floats.h"

/* Below this its inverse overflows; such a block is zero. */
#define LEAST_MAGNITUDE 1e-35f

/* Adding it moves the nearest integer of |x| < 2^22 into the low bits. */
#define ROUNDING 12582912.0f

INLINE void quantize_block(const float *x, activations *y) {
  floats most = {0};
  floats poison = {0};
  for (int i = 0; i < BLOCK; i += LANES) {
    floats part = load(x + i);
    most = larger(bits_to_floats(floats_to_bits(part) & 0x7fffffff), most);
    poison += part * 0.0f;
  }
  float magnitude = largest_of(most);
  float inverse = magnitude < LEAST_MAGNITUDE ? 0 : 127 / magnitude;
  int32_t fields[BLOCK];
  for (int i = 0; i < BLOCK; i += LANES) {
    floats scaled = smaller(larger(load(x + i) * inverse, spread(-127)), spread(127));
    ints level = floats_to_bits(scaled + ROUNDING) - floats_to_bits(spread(ROUNDING));
    store_ints(fields + i, level);
  }
  int32_t halves[2] = {0, 0};
  for (int i = 0; i < BLOCK; i++) {
    y->fields[i] = (int8_t)fields[i];
    halves[i / (BLOCK / 2)] += fields[i];
  }
  y->sums[0] = (int16_t)halves[0];
  y->sums[1] = (int16_t)halves[1];
  y->scale = (inverse == 0 ? 0 : magnitude / 127) + sum_of(poison);
  y->sum = y->scale * (float)(halves[0] + halves[1]);
}

static void quantize(const float *x, int64_t k, uint8_t *y, int64_t from, int64_t to) {
  for (int64_t row = from; row < to; row++) {
    activations *blocks = (activations *)(y + row * row_bytes(k));
    for (int64_t block = 0; block < k / BLOCK; block++) {
      quantize_block(x + row * k + block * BLOCK, blocks + block);
    }
  }
}

/* Nothing where products take X itself. */
static int64_t prepared_bytes(int64_t format, int64_t k) {
  return !is_float(format) ? row_bytes(k) : by_brains(format) ? (k + 1) / 2 * 4 : 0;
}

/* To nearest even; what is not a number stays so. */
INLINE uint16_t to_brain(float x) {
  uint32_t bits;
  memcpy(&bits, &x, 4);
  int ordered = (bits & 0x7fffffff) <= 0x7f800000;
  return (uint16_t)(ordered ? (bits + 0x7fff + (bits >> 16 & 1)) >> 16 : bits >> 16 | 0x40);
}

static void prepare(
    int64_t format, const float *x, int64_t k, uint8_t *y, int64_t from, int64_t to) {
  if (!is_float(format)) {
    quantize(x, k, y, from, to);
  } else if (by_brains(format)) {
    for (int64_t row = from; row < to; row++) {
      uint16_t *brains = (uint16_t *)(y + row * prepared_bytes(format, k));
      for (int64_t i = 0; i < k; i++) {
        brains[i] = to_brain(x[row * k + i]);
      }
      if (k % 2 != 0) {
        brains[k] = 0;
      }
    }
  }
}

#endif
