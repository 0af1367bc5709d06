/*
 * Tiles of keys and values as a cache stores them: F32, F16, or Q8_0 with a half-precision scale
 * per position and 32 elements of it. Keys are [dim, 64] with scales [ceil(dim / 32), 64], values
 * [64, dim] with scales [64, ceil(dim / 32)]; scales follow the elements.
 */
#ifndef GATUN_STATE_H
#define GATUN_STATE_H

#include "kernels.h"
#include "layout.h"

#define POSITIONS GATUN_CPU_POSITIONS

INLINE int64_t scale_blocks(int64_t dim) { return (dim + BLOCK - 1) / BLOCK; }

INLINE void store_halves(const float *x, int64_t dim, uint16_t *y, int64_t stride) {
  for (int64_t i = 0; i < dim; i += LANES) {
    int64_t part = dim - i < LANES ? dim - i : LANES;
    uint16_t halves[LANES];
    to_halves(halves, load_part(x + i, part));
    for (int64_t j = 0; j < part; j++) {
      y[(i + j) * stride] = halves[j];
    }
  }
}

/* The nearest integer, halves upward; 0 for what an infinite scale or one near 0 leaves. */
INLINE int8_t nearest(float x) {
  return x > -1024 && x < 1024 ? (int8_t)((int32_t)((double)x + 1024.5) - 1024) : 0;
}

INLINE void store_bytes(
    const float *x, int64_t dim, int8_t *y, int64_t stride, uint16_t *scales, int64_t scaleStride) {
  for (int64_t block = 0; block < scale_blocks(dim); block++) {
    int64_t from = block * BLOCK, to = from + BLOCK < dim ? from + BLOCK : dim;
    float most = 0;
    for (int64_t i = from; i < to; i++) {
      float size = __builtin_fabsf(x[i]);
      most = size > most || size != size ? size : most;
    }
    float scale = most / 127;
    float inverse = scale == 0 ? 0 : 1 / scale;
    for (int64_t i = from; i < to; i++) {
      y[i * stride] = nearest(x[i] * inverse);
    }
    uint16_t halves[LANES];
    to_halves(halves, spread(scale));
    scales[block * scaleStride] = halves[0];
  }
}

/* One position's key or value into slot `slot` of a tile. */
static void store_state(
    int64_t type, const float *x, int64_t dim, void *tile, int64_t slot, int64_t keys) {
  int64_t first = keys ? slot : slot * dim, stride = keys ? POSITIONS : 1;
  if (type == GATUN_CPU_STATE_F16) {
    store_halves(x, dim, (uint16_t *)tile + first, stride);
  } else if (type == GATUN_CPU_STATE_Q8_0) {
    uint16_t *scales = (uint16_t *)((int8_t *)tile + POSITIONS * dim);
    scales += keys ? slot : slot * scale_blocks(dim);
    store_bytes(x, dim, (int8_t *)tile + first, stride, scales, keys ? POSITIONS : 1);
  } else {
    for (int64_t i = 0; i < dim; i++) {
      ((float *)tile)[first + i * stride] = x[i];
    }
  }
}

INLINE void load_halves(const uint16_t *x, float *y, int64_t count) {
  int64_t i = 0;
  for (; i + LANES <= count; i += LANES) {
    store(y + i, from_halves(x + i));
  }
  if (i < count) {
    uint16_t halves[LANES] = {0};
    memcpy(halves, x + i, (size_t)(2 * (count - i)));
    store_part(y + i, from_halves(halves), count - i);
  }
}

INLINE void load_keys_bytes(const int8_t *x, int64_t dim, float *y) {
  const uint16_t *scales = (const uint16_t *)(x + POSITIONS * dim);
  for (int64_t i = 0; i < dim; i++) {
    for (int64_t j = 0; j < POSITIONS; j += LANES) {
      floats scale = from_halves(scales + i / BLOCK * POSITIONS + j);
      store(y + i * POSITIONS + j, scale * to_floats(from_bytes(x + i * POSITIONS + j)));
    }
  }
}

INLINE void load_values_bytes(const int8_t *x, int64_t dim, float *y, int64_t positions) {
  const uint16_t *scales = (const uint16_t *)(x + POSITIONS * dim);
  float factors[POSITIONS];
  for (int64_t block = 0; block < scale_blocks(dim); block++) {
    int64_t from = block * BLOCK, to = from + BLOCK < dim ? from + BLOCK : dim;
    uint16_t halves[POSITIONS];
    for (int64_t slot = 0; slot < POSITIONS; slot++) {
      halves[slot] = scales[slot * scale_blocks(dim) + block];
    }
    load_halves(halves, factors, POSITIONS);
    for (int64_t slot = 0; slot < positions; slot++) {
      const int8_t *row = x + slot * dim;
      float *to_row = y + slot * dim;
      int64_t i = from;
      for (; i + LANES <= to; i += LANES) {
        store(to_row + i, to_floats(from_bytes(row + i)) * factors[slot]);
      }
      for (; i < to; i++) {
        to_row[i] = (float)row[i] * factors[slot];
      }
    }
  }
}

/* A tile in single precision, of values only the first `positions`. */
INLINE void widen(
    int64_t type, const void *tile, int64_t dim, int64_t keys, int64_t positions, float *y) {
  if (type == GATUN_CPU_STATE_F16) {
    load_halves(tile, y, keys ? POSITIONS * dim : positions * dim);
  } else if (keys) {
    load_keys_bytes(tile, dim, y);
  } else {
    load_values_bytes(tile, dim, y, positions);
  }
}

static void load_state(int64_t type, const void *tile, int64_t dim, float *y, int64_t keys) {
  widen(type, tile, dim, keys, POSITIONS, y);
}

#endif
