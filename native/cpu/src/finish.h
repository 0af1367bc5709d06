/* What happens to results while they are in the first cache: activation, sum with another value. */
#ifndef GATUN_FINISH_H
#define GATUN_FINISH_H

#include "kernels.h"
#include "elementwise.h"

INLINE floats curve_of(const gatun_part *part, int64_t gated, floats x) {
  floats u = fused(x, spread(part->factor), spread(part->shift));
  u = larger(spread(part->low), u);
  u = smaller(spread(part->high), u);
  u = gated ? x * u : u;
  return fused(u, spread(part->lastFactor), spread(part->lastShift));
}

INLINE void curve(
    const gatun_part *part, int64_t gated, const float *x, float *y, int64_t count) {
  int64_t i = 0;
  for (; i + LANES <= count; i += LANES) {
    store(y + i, curve_of(part, gated, load(x + i)));
  }
  if (i < count) {
    store_part(y + i, curve_of(part, gated, load_part(x + i, count - i)), count - i);
  }
}

INLINE void finish_part(const gatun_part *part, const float *x, float *y, int64_t at, int64_t count) {
  if (part->kind == GATUN_CPU_CURVE) {
    if (part->flag) {
      curve(part, 1, x, y, count);
    } else {
      curve(part, 0, x, y, count);
    }
  } else if (part->kind == GATUN_CPU_FUNCTION) {
    unary(part->function, x, y, count);
  } else {
    const float *other = (const float *)(intptr_t)part->other + at;
    binary(part->function, part->flag ? other : x, part->flag ? x : other, y, count);
  }
}

/* y[at ..] = the parts of x, element by element. */
static void finish(
    const gatun_part *parts, int64_t parts_count, const float *x, float *y, int64_t at,
    int64_t count) {
  if (parts_count == 0) {
    memmove(y + at, x, (size_t)(4 * count));
    return;
  }
  /* As much as the first cache holds of all parts' values. */
  for (int64_t i = 0; i < count; i += 1024) {
    int64_t n = count - i < 1024 ? count - i : 1024;
    for (int64_t part = 0; part < parts_count; part++) {
      finish_part(parts + part, part == 0 ? x + i : y + at + i, y + at + i, at + i, n);
    }
  }
}

INLINE float sum_of_row(const float *x, int64_t count) {
  /* Four sums of LANES each are added in pairs: errors stay small. */
  floats sums[4] = {{0}, {0}, {0}, {0}};
  int64_t i = 0;
  for (; i + 4 * LANES <= count; i += 4 * LANES) {
    for (int64_t v = 0; v < 4; v++) {
      sums[v] += load(x + i + v * LANES);
    }
  }
  for (; i + LANES <= count; i += LANES) {
    sums[0] += load(x + i);
  }
  if (i < count) {
    sums[1] += load_part(x + i, count - i);
  }
  return sum_of((sums[0] + sums[1]) + (sums[2] + sums[3]));
}

INLINE float extreme_of_row(int64_t function, const float *x, int64_t count) {
  floats best = spread(function == GATUN_CPU_MAX ? -__builtin_inff() : __builtin_inff());
  int64_t i = 0;
  for (; i + LANES <= count; i += LANES) {
    best = apply2(function, best, load(x + i));
  }
  float parts[LANES];
  store(parts, best);
  float y = parts[0];
  for (int64_t j = 1; j < LANES; j++) {
    y = apply2(function, spread(y), spread(parts[j]))[0];
  }
  for (; i < count; i++) {
    y = apply2(function, spread(y), spread(x[i]))[0];
  }
  return y;
}

/* Sum, mean, maximum or minimum of each row. */
static void reduce_rows(
    int64_t function, const float *x, float *y, int64_t columns, int64_t from, int64_t to) {
  for (int64_t row = from; row < to; row++) {
    const float *at = x + row * columns;
    switch (function) {
      case GATUN_CPU_ROW_SUM:
        y[row] = sum_of_row(at, columns);
        break;
      case GATUN_CPU_ROW_MEAN:
        y[row] = sum_of_row(at, columns) / (float)columns;
        break;
      case GATUN_CPU_ROW_MAX:
        y[row] = extreme_of_row(GATUN_CPU_MAX, at, columns);
        break;
      default:
        y[row] = extreme_of_row(GATUN_CPU_MIN, at, columns);
    }
  }
}

#endif
