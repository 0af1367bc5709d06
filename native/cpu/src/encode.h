/* Rows of F32 as blocks of a format. */
#ifndef GATUN_ENCODE_H
#define GATUN_ENCODE_H

#include "encode_low.h"
#include "encode_values.h"

/* The number of a block with the largest magnitude, the first one, with its sign. */
INLINE float largest_number(const float *x) {
  floats most = load(x);
  floats least = most;
  for (int i = LANES; i < BLOCK; i += LANES) {
    most = larger(load(x + i), most);
    least = smaller(load(x + i), least);
  }
  float up = largest_of(most);
  float down = -largest_of(-least);
  if (up != -down) {
    return up > -down ? up : down;
  }
  if (up == 0) {
    return 0;
  }
  for (int i = 0; i < BLOCK; i++) {
    if (x[i] == up || x[i] == down) {
      return x[i];
    }
  }
  return 0;
}

/* C's truncation to a byte; beyond the range of integers 0, as x86-64 has it. */
INLINE int32_t truncated(float x) { return x < 0x1p31f ? x > -0x1p31f ? (int8_t)(int32_t)x : 0 : 0; }

/* Q4_0 and Q5_0. */
INLINE void encode_symmetric_block(const float *x, int levels, uint8_t *y) {
  float d = largest_number(x) / (float)-levels;
  float inverse = d != 0 ? 1 / d : 0;
  int32_t quants[BLOCK];
  put_half(y, d);
  if (inverse - inverse == 0) {
    for (int i = 0; i < BLOCK; i += LANES) {
      floats moved = load(x + i) * inverse + ((float)levels + 0.5f);
      ints q = __builtin_convertvector(moved, ints);
      store_ints(quants + i, smaller_ints(q, spread_int(2 * levels - 1)));
    }
  } else {
    for (int i = 0; i < BLOCK; i++) {
      int32_t q = truncated(x[i] * inverse + ((float)levels + 0.5f));
      quants[i] = q < 2 * levels - 1 ? q : 2 * levels - 1;
    }
  }
  put_levels(quants, levels == 16, y + 2);
}

/* Q8_0: halves round away from zero. */
INLINE void encode_bytes_block(const float *x, uint8_t *y) {
  floats most = magnitude_of(load(x));
  for (int i = LANES; i < BLOCK; i += LANES) {
    most = larger(magnitude_of(load(x + i)), most);
  }
  float d = largest_of(most) / 127;
  float inverse = d != 0 ? 1 / d : 0;
  put_half(y, d);
  if (inverse - inverse == 0) {
    for (int i = 0; i < BLOCK; i += LANES) {
      floats v = load(x + i) * inverse;
      ints q = __builtin_convertvector(v, ints);
      floats rest = v - to_floats(q);
      /* A comparison that holds is -1. */
      q += (rest <= -0.5f) - (rest >= 0.5f);
      to_bytes(y + 2 + i, q);
    }
  } else {
    for (int i = 0; i < BLOCK; i++) {
      float v = x[i] * inverse;
      y[2 + i] = (uint8_t)truncated(v + (v < 0 ? -0.5f : 0.5f));
    }
  }
}

/* The same from bytes. */
INLINE void put_quants(const uint8_t *quants, int five, uint8_t *y) {
  if (five) {
    uint32_t fifth = 0;
    for (int i = 0; i < BLOCK; i++) {
      fifth |= (uint32_t)(quants[i] >> 4 & 1) << i;
    }
    memcpy(y, &fifth, 4);
    y += 4;
  }
  for (int j = 0; j < BLOCK / 2; j++) {
    y[j] = (uint8_t)((quants[j] & 15) | quants[j + 16] << 4);
  }
}

/* Q4_1 and Q5_1: the minimum is the first number that is the least, because zeros have signs. */
INLINE void encode_affine_block(const float *x, int levels, uint8_t *y) {
  floats most = load(x);
  floats least = most;
  for (int i = LANES; i < BLOCK; i += LANES) {
    most = larger(load(x + i), most);
    least = smaller(load(x + i), least);
  }
  float min = -largest_of(-least);
  for (int i = 0; min == 0 && i < BLOCK; i++) {
    if (x[i] == 0) {
      min = x[i];
      break;
    }
  }
  float max = largest_of(most);
  float d = max > min ? (max - min) / (float)levels : 0;
  float inverse = d != 0 ? 1 / d : 0;
  int32_t quants[BLOCK];
  put_half(y, d);
  put_half(y + 2, min);
  if (inverse - inverse == 0) {
    for (int i = 0; i < BLOCK; i += LANES) {
      ints q = __builtin_convertvector((load(x + i) - min) * inverse + 0.5f, ints);
      store_ints(quants + i, smaller_ints(q, spread_int(levels)));
    }
  } else {
    for (int i = 0; i < BLOCK; i++) {
      int32_t q = truncated((x[i] - min) * inverse + 0.5f);
      quants[i] = q < levels ? q : levels;
    }
  }
  put_levels(quants, levels == 31, y + 4);
}

/* The same with an importance. */
INLINE void encode_weighted_affine(
    const float *x, int64_t columns, const float *importance, int levels, uint8_t *y) {
  int bytes = levels == 31 ? 24 : 20;
  float spread_of_row = sum_of_squares(x, columns) / (float)columns;
  for (int64_t block = 0; block < columns / BLOCK; block += LANES) {
    int64_t count = columns / BLOCK - block < LANES ? columns / BLOCK - block : LANES;
    float t[BLOCK * LANES], weights[BLOCK * LANES];
    to_lanes(x + block * BLOCK, count, BLOCK, t);
    to_lanes(importance + block * BLOCK, count, BLOCK, weights);
    weigh_lanes(weights, spread(spread_of_row), t, BLOCK);
    affine found = search_affine(t, weights, BLOCK, (plan){levels, -0.9f, 0.05f, 36, 0});
    float scales[LANES], minimums[LANES], inverses[LANES], starts[LANES];
    store(scales, found.scale);
    store(minimums, found.minimum);
    store(inverses, found.inverse);
    store(starts, found.start);
    for (int64_t b = 0; b < count; b++) {
      uint8_t *to = y + (block + b) * bytes;
      uint8_t quants[BLOCK];
      put_half(to, scales[b]);
      put_half(to + 2, minimums[b]);
      for (int i = 0; i < BLOCK; i += LANES) {
        floats v = load(x + (block + b) * BLOCK + i) - starts[b];
        to_bytes(quants + i, level_within(v * inverses[b], 0, levels));
      }
      put_quants(quants, levels == 31, to + 4);
    }
  }
}

/* Q4_0 and Q5_0 with an importance: LANES blocks at a time; spread is of the whole row. */
static void encode_weighted(
    const float *x, int64_t columns, const float *importance, int levels, uint8_t *y) {
  int bytes = levels == 16 ? 22 : 18;
  float spread_of_row = sum_of_squares(x, columns) / (float)columns;
  for (int64_t block = 0; block < columns / BLOCK; block += LANES) {
    int64_t count = columns / BLOCK - block < LANES ? columns / BLOCK - block : LANES;
    float t[BLOCK * LANES], weights[BLOCK * LANES], scales[LANES], inverses[LANES];
    to_lanes(x + block * BLOCK, count, BLOCK, t);
    to_lanes(importance + block * BLOCK, count, BLOCK, weights);
    weigh_lanes(weights, spread(spread_of_row), t, BLOCK);
    symmetric found = levels == 16 ? search_symmetric(t, weights, BLOCK, 16)
                                   : search_symmetric(t, weights, BLOCK, 8);
    store(scales, found.scale);
    store(inverses, found.inverse);
    for (int64_t b = 0; b < count; b++) {
      const float *from = x + (block + b) * BLOCK;
      uint8_t *to = y + (block + b) * bytes;
      uint8_t quants[BLOCK];
      put_half(to, scales[b]);
      for (int i = 0; i < BLOCK; i++) {
        int32_t q = within(level_of_one(inverses[b] * from[i]), -levels, levels - 1) + levels;
        quants[i] = (uint8_t)(inverses[b] == 0 ? 0 : q);
      }
      put_quants(quants, levels == 16, to + 2);
    }
  }
}

static void encode(
    int64_t format, const float *x, int64_t rows, int64_t columns, const float *importance,
    uint8_t *y) {
  if (importance == 0) {
    columns *= rows;
    rows = 1;
  }
  int64_t row_of = columns / SHAPES[format].columns * SHAPES[format].stored;
  for (int64_t row = 0; row < rows; row++, x += columns, y += row_of) {
    int64_t blocks = columns / BLOCK;
    switch (format) {
      case GATUN_CPU_Q4_0:
      case GATUN_CPU_Q5_0:
        if (importance != 0) {
          encode_weighted(x, columns, importance, format == GATUN_CPU_Q5_0 ? 16 : 8, y);
        } else if (format == GATUN_CPU_Q4_0) {
          for (int64_t b = 0; b < blocks; b++) {
            encode_symmetric_block(x + b * BLOCK, 8, y + b * 18);
          }
        } else {
          for (int64_t b = 0; b < blocks; b++) {
            encode_symmetric_block(x + b * BLOCK, 16, y + b * 22);
          }
        }
        break;
      case GATUN_CPU_Q4_1:
        for (int64_t b = 0; importance == 0 && b < blocks; b++) {
          encode_affine_block(x + b * BLOCK, 15, y + b * 20);
        }
        if (importance != 0) {
          encode_weighted_affine(x, columns, importance, 15, y);
        }
        break;
      case GATUN_CPU_Q5_1:
        for (int64_t b = 0; importance == 0 && b < blocks; b++) {
          encode_affine_block(x + b * BLOCK, 31, y + b * 24);
        }
        if (importance != 0) {
          encode_weighted_affine(x, columns, importance, 31, y);
        }
        break;
      case GATUN_CPU_Q2_K:
        encode_q2_k(x, columns, importance, y);
        break;
      case GATUN_CPU_Q3_K:
        encode_q3_k(x, columns, importance, y);
        break;
      case GATUN_CPU_Q8_0:
        for (int64_t b = 0; b < blocks; b++) {
          encode_bytes_block(x + b * BLOCK, y + b * 34);
        }
        break;
      case GATUN_CPU_IQ4_NL:
        encode_iq4_nl(x, columns, importance, y);
        break;
      case GATUN_CPU_IQ4_XS:
        encode_iq4_xs(x, columns, importance, y);
        break;
      case GATUN_CPU_MXFP4:
        for (int64_t b = 0; b < blocks; b++) {
          encode_mxfp4_block(x + b * BLOCK, y + b * 17);
        }
        break;
      case GATUN_CPU_Q4_K:
        encode_q4_k(x, columns, importance, y);
        break;
      case GATUN_CPU_Q5_K:
        encode_q5_k(x, columns, importance, y);
        break;
      case GATUN_CPU_Q6_K:
        encode_q6_k(x, columns, importance, y);
        break;
      default:
        break;
    }
  }
}

#endif
