/* Searches for the scales of sub-blocks, one a lane; the scalar twins in Java say what they do. */
#ifndef GATUN_SEARCH_H
#define GATUN_SEARCH_H

#include "lanes.h"

/* Most elements of a sub-block. */
#define MOST 32

#define TINIEST 1e-15f

/* SymmetricSearch: `inverse` is what values are multiplied with, 0 where quants are zero. */
typedef struct {
  floats scale;
  floats inverse;
} symmetric;

INLINE symmetric search_symmetric(const float *t, const float *weights, int n, int levels) {
  floats largest;
  floats magnitude = largest_in_lanes(t, n, &largest);
  float products[MOST * LANES];
  for (int i = 0; i < n; i++) {
    store(products + i * LANES, load(weights + i * LANES) * load(t + i * LANES));
  }
  symmetric found = {{0}, {0}};
  floats best = {0};
  /* The plain scale first, then those beside it. */
  for (int trial = 0; trial < 19; trial++) {
    int step = trial == 0 ? 0 : trial <= 9 ? trial - 10 : trial - 9;
    floats inverse = spread(-((float)levels + 0.1f * (float)step)) / largest;
    floats sum_lx = {0};
    floats sum_l2 = {0};
    for (int i = 0; i < n; i++) {
      floats l = to_floats(level_within(inverse * load(t + i * LANES), -levels, levels - 1));
      sum_lx += load(products + i * LANES) * l;
      sum_l2 += load(weights + i * LANES) * l * l;
    }
    if (trial == 0) {
      found.scale = choose(sum_l2 != 0, sum_lx / sum_l2, (floats){0});
      found.inverse = inverse;
      best = found.scale * sum_lx;
      continue;
    }
    ints better = (sum_l2 > 0) & (sum_lx * sum_lx > best * sum_l2);
    found.scale = choose(better, sum_lx / sum_l2, found.scale);
    best = choose(better, found.scale * sum_lx, best);
    found.inverse = choose(better, inverse, found.inverse);
  }
  ints nothing = magnitude < TINIEST;
  found.scale = choose(nothing, (floats){0}, found.scale);
  found.inverse = choose(nothing, (floats){0}, found.inverse);
  return found;
}

/* AffineSearch.Plan, and the highest quant. */
typedef struct {
  int levels;
  float first;
  float step;
  int last;
  int absolute;
} plan;

/* AffineSearch: quants are `inverse` times the distance from `start`; 0 where all are zero. */
typedef struct {
  floats scale;
  floats minimum;
  floats inverse;
  floats start;
} affine;

INLINE floats error_of(
    const float *t, const float *weights, const float *rounded, int n, int absolute, floats scale,
    floats minimum) {
  floats error = {0};
  for (int i = 0; i < n; i++) {
    floats difference =
        scale * load(rounded + i * LANES) + minimum - load(t + i * LANES);
    floats cost = absolute ? magnitude_of(difference) : difference * difference;
    error += load(weights + i * LANES) * cost;
  }
  return error;
}

INLINE affine search_affine(const float *t, const float *weights, int n, plan p) {
  floats min = load(t);
  floats max = min;
  floats sum_w = load(weights);
  floats sum_x = sum_w * min;
  for (int i = 1; i < n; i++) {
    floats x = load(t + i * LANES);
    floats w = load(weights + i * LANES);
    min = choose(x < min, x, min);
    max = choose(x > max, x, max);
    sum_w += w;
    sum_x += w * x;
  }
  min = choose(min > 0, (floats){0}, min);
  floats lowest = min;
  float rounded[MOST * LANES];
  floats inverse = spread((float)p.levels) / (max - min);
  affine found = {1 / inverse, min, inverse, min};
  for (int i = 0; i < n; i++) {
    floats x = load(t + i * LANES);
    store(rounded + i * LANES, to_floats(level_within(inverse * (x - min), 0, p.levels)));
  }
  floats best = error_of(t, weights, rounded, n, p.absolute, found.scale, min);
  for (int trial = 0; trial <= p.last; trial++) {
    inverse = spread(p.first + p.step * (float)trial + (float)p.levels) / (max - min);
    floats sum_l = {0};
    floats sum_l2 = {0};
    floats sum_xl = {0};
    for (int i = 0; i < n; i++) {
      floats x = load(t + i * LANES);
      floats l = to_floats(level_within(inverse * (x - min), 0, p.levels));
      floats wl = load(weights + i * LANES) * l;
      store(rounded + i * LANES, l);
      sum_l += wl;
      sum_l2 += wl * l;
      sum_xl += wl * x;
    }
    floats determinant = sum_w * sum_l2 - sum_l * sum_l;
    floats scale = (sum_w * sum_xl - sum_x * sum_l) / determinant;
    floats minimum = (sum_l2 * sum_x - sum_l * sum_xl) / determinant;
    ints above = minimum > 0;
    minimum = choose(above, (floats){0}, minimum);
    scale = choose(above, sum_xl / sum_l2, scale);
    floats error = error_of(t, weights, rounded, n, p.absolute, scale, minimum);
    ints better = (determinant > 0) & (error < best);
    best = choose(better, error, best);
    found.inverse = choose(better, inverse, found.inverse);
    found.start = choose(better, min, found.start);
    found.scale = choose(better, scale, found.scale);
    min = choose(better, minimum, min);
  }
  found.minimum = min;
  ints flat = max == lowest;
  found.minimum = choose(flat, lowest, found.minimum);
  found.scale = choose(flat, (floats){0}, found.scale);
  found.inverse = choose(flat, (floats){0}, found.inverse);
  found.start = choose(flat, (floats){0}, found.start);
  return found;
}

/* PositiveSearch, of n values in memory. */
static float search_positive(
    const float *x, const float *weights, int n, int32_t levels, int32_t *quants) {
  float max = 0;
  for (int i = 0; i < n; i++) {
    max = max > x[i] ? max : x[i];
  }
  if (max < TINIEST) {
    memset(quants, 0, sizeof(int32_t) * (size_t)n);
    return 0;
  }
  float inverse = (float)levels / max;
  float best = 0;
  for (int step = -5; step <= 4; step++) {
    if (step == 0) {
      continue;
    }
    /* The plain scale first; its quants are bounded by their byte alone. */
    int plain = step == -5;
    float trial = plain ? inverse : (0.1f * (float)step + (float)levels) / max;
    float scale = 1 / trial;
    float error = 0;
    for (int i = 0; i < n; i++) {
      int32_t l = level_of_one(trial * x[i]);
      l = plain ? l & 0xff : l < levels ? l : levels;
      float difference = x[i] - scale * (float)l;
      error += weights[i] * difference * difference;
    }
    if (plain || error < best) {
      best = error;
      inverse = trial;
    }
  }
  float sum_lx = 0;
  float sum_l2 = 0;
  for (int i = 0; i < n; i++) {
    int32_t l = level_of_one(inverse * x[i]);
    l = l < levels ? l : levels;
    quants[i] = l & 0xff;
    sum_lx += weights[i] * x[i] * (float)l;
    sum_l2 += weights[i] * (float)l * (float)l;
  }
  for (int round = 0, changed = 1; round < 5 && changed; round++) {
    changed = 0;
    for (int i = 0; i < n; i++) {
      float w = weights[i];
      float q = (float)quants[i];
      float lx = sum_lx - w * x[i] * q;
      float l2 = sum_l2 - w * q * q;
      if (!(lx > 0 && l2 > 0)) {
        continue;
      }
      int32_t l = level_of_one(x[i] * l2 / lx);
      l = l < levels ? l : levels;
      if (l == quants[i]) {
        continue;
      }
      lx += w * x[i] * (float)l;
      l2 += w * (float)l * (float)l;
      if (lx * lx * sum_l2 > sum_lx * sum_lx * l2) {
        quants[i] = l & 0xff;
        sum_lx = lx;
        sum_l2 = l2;
        changed = 1;
      }
    }
  }
  return sum_l2 > 0 ? sum_lx / sum_l2 : 0;
}

#endif
