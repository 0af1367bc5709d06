/*
 * Rows of X as products take them: in 8 bits, in bfloat16, or unprepared. Of 8 bits: per block of
 * 32 the scale is the largest magnitude over 127, fields are rounded to nearest even. A block with
 * an infinity or a NaN gets the scale NaN: its row's results become NaN.
 */
#ifndef GATUN_QUANTIZE_H
#define GATUN_QUANTIZE_H

#include "floats.h"
#include "shorts.h"

/* Below this its inverse overflows; such a block is zero. */
#define LEAST_MAGNITUDE 1e-35f

/* Adding it moves the nearest integer of |x| < 2^22 into the low bits. */
#define ROUNDING 12582912.0f

/* Bits of infinity; those of NaN are larger. */
#define INFINITE 0x7f800000

INLINE void quantize_block(const float *x, activations *y) {
  ints most = {0};
  for (int i = 0; i < BLOCK; i += LANES) {
    most = larger_ints(floats_to_bits(load(x + i)) & 0x7fffffff, most);
  }
  int32_t bits = largest_int_of(most);
  float magnitude;
  memcpy(&magnitude, &bits, 4);
  float inverse = magnitude < LEAST_MAGNITUDE ? 0 : 127 / magnitude;
  ints halves[2] = {{0}, {0}};
  for (int i = 0; i < BLOCK; i += LANES) {
    floats scaled = smaller(larger(load(x + i) * inverse, spread(-127)), spread(127));
    ints level = floats_to_bits(scaled + ROUNDING) - floats_to_bits(spread(ROUNDING));
    to_bytes(y->fields + i, level);
    halves[i / (BLOCK / 2)] += level;
  }
  int32_t first = sum_of_ints(halves[0]);
  int32_t last = sum_of_ints(halves[1]);
  y->sums[0] = (int16_t)first;
  y->sums[1] = (int16_t)last;
  y->scale = bits >= INFINITE ? __builtin_nanf("") : inverse == 0 ? 0 : magnitude / 127;
  y->sum = y->scale * (float)(first + last);
}

static void quantize(
    shape s, const float *x, int64_t k, uint8_t *y, int64_t from, int64_t to) {
  for (int64_t row = from; row < to; row++) {
    uint8_t *at = y + row * prepared_stride(s, k);
    activations *blocks = (activations *)at;
    for (int64_t block = 0; block < k / BLOCK; block++) {
      quantize_block(x + row * k + block * BLOCK, blocks + block);
    }
    if (by_shorts(s)) {
      widen_row(blocks, k / BLOCK, (short_activations *)(at + row_bytes(k)));
    }
  }
}

/* Nothing where products take X itself. */
static int64_t prepared_bytes(int64_t format, int64_t k) {
  return !is_float(format) ? prepared_stride(SHAPES[format], k) : by_brains(format) ? (k + 1) / 2 * 4 : 0;
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
    quantize(SHAPES[format], x, k, y, from, to);
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
