/* Reductions along one axis of [outer, n, inner]; others are such ones after another. */

#include "groups.h"

/* Numbered as Reduce.Function of the graph. A mean divides by count: the last of several passes makes it. */
enum { RED_SUM, RED_MEAN, RED_MAX, RED_MIN, RED_PROD };

struct ReduceParams {
  int outer;
  int n;
  int inner;
  int function;
  int count;
};

DEVICE float red_first(int function) {
  switch (function) {
    case RED_MAX: return -INFINITE;
    case RED_MIN: return INFINITE;
    case RED_PROD: return 1.0f;
    default: return 0.0f;
  }
}

/* NaN stays NaN. */
DEVICE float red_next(int function, float sum, float x) {
  switch (function) {
    case RED_MAX: return sum > x || m_isnan(sum) ? sum : x;
    case RED_MIN: return sum < x || m_isnan(sum) ? sum : x;
    case RED_PROD: return sum * x;
    default: return sum + x;
  }
}

/*
 * y[o] = reduction of x[o, ..]. x: f32 [outer, n]; y: f32 [outer]. A SIMD group per row.
 * Each lane adds every 32nd number, then lanes add pairwise: the error grows with n / 32 + 5, not with n.
 */
KERNEL(reduce_rows_f32, GLOBAL const float *x, GLOBAL float *y, PARAMS(ReduceParams) p) {
  int row = GLOBAL_ID_X >> 5;
  float sum = red_first(p.function);
  if (INSIDE(row < p.outer)) {
    for (int i = LANE; i < p.n; i += 32) sum = red_next(p.function, sum, x[row * p.n + i]);
  }
  if (p.function <= RED_MEAN) {
    sum = SIMD_SUM(sum);
  } else {
    for (int mask = 16; mask > 0; mask >>= 1) sum = red_next(p.function, sum, SIMD_SHUFFLE_XOR(sum, mask));
  }
  if (INSIDE(row < p.outer) && LANE == 0) y[row] = p.function == RED_MEAN ? sum / (float)p.count : sum;
}

/*
 * y[o, i] = reduction of x[o, .., i]. x: f32 [outer, n, inner]; y: f32 [outer, inner]. A thread per element of y.
 * Long sums are made of partial ones of 32 numbers.
 */
KERNEL(reduce_axis_f32, GLOBAL const float *x, GLOBAL float *y, PARAMS(ReduceParams) p) {
  int i = GLOBAL_ID_X;
  if (!INSIDE(i < p.outer * p.inner)) return;
  int o = i / p.inner;
  GLOBAL const float *from = x + o * p.n * p.inner + i - o * p.inner;
  float sum = red_first(p.function);
  for (int start = 0; start < p.n; start += 32) {
    int end = m_min(start + 32, p.n);
    float part = red_first(p.function);
    for (int j = start; j < end; j++) part = red_next(p.function, part, from[j * p.inner]);
    sum = red_next(p.function, sum, part);
  }
  y[i] = p.function == RED_MEAN ? sum / (float)p.count : sum;
}

/* The same of integers; sums wrap, a mean is rounded towards zero. */
template <class T>
DEVICE void reduce_axis(int i, GLOBAL const T *x, GLOBAL T *y, CONSTANT const ReduceParams &p) {
  if (!INSIDE(i < p.outer * p.inner)) return;
  int o = i / p.inner;
  GLOBAL const T *from = x + o * p.n * p.inner + i - o * p.inner;
  bool picks = p.n > 0 && (p.function == RED_MAX || p.function == RED_MIN);
  uint64 sum = picks ? (uint64)(int64)from[0] : p.function == RED_PROD ? 1 : 0;
  for (int j = 0; j < p.n; j++) {
    int64 next = from[j * p.inner];
    switch (p.function) {
      case RED_MAX: sum = next > (int64)sum ? (uint64)next : sum; break;
      case RED_MIN: sum = next < (int64)sum ? (uint64)next : sum; break;
      case RED_PROD: sum *= (uint64)next; break;
      default: sum += (uint64)next;
    }
  }
  y[i] = (T)(p.function == RED_MEAN ? (int64)sum / p.count : (int64)sum);
}

KERNEL(reduce_axis_i32, GLOBAL const int *x, GLOBAL int *y, PARAMS(ReduceParams) p) {
  reduce_axis<int>(GLOBAL_ID_X, x, y, p);
}
KERNEL(reduce_axis_i64, GLOBAL const int64 *x, GLOBAL int64 *y, PARAMS(ReduceParams) p) {
  reduce_axis<int64>(GLOBAL_ID_X, x, y, p);
}

/*
 * y = exp(x - max) / sum of them, row by row: Softmax over the last axis. x, y: f32 [outer, n], may be the same memory.
 * A SIMD group per row.
 */
KERNEL(softmax_rows, GLOBAL const float *x, GLOBAL float *y, PARAMS(ReduceParams) p) {
  int row = GLOBAL_ID_X >> 5;
  bool inside = INSIDE(row < p.outer);
  int from = row * p.n;
  float largest = -INFINITE;
  for (int i = LANE; inside && i < p.n; i += 32) largest = red_next(RED_MAX, largest, x[from + i]);
  for (int mask = 16; mask > 0; mask >>= 1) largest = red_next(RED_MAX, largest, SIMD_SHUFFLE_XOR(largest, mask));
  float sum = 0.0f;
  for (int i = LANE; inside && i < p.n; i += 32) {
    float e = m_exp(x[from + i] - largest);
    y[from + i] = e;
    sum += e;
  }
  sum = SIMD_SUM(sum);
  for (int i = LANE; inside && i < p.n; i += 32) y[from + i] /= sum;
}

/*
 * y = exp(x - max) / sum of them along n: Softmax over an axis that is not the last. x, y: f32 [outer, n, inner], may be
 * the same memory. A thread per line.
 */
KERNEL(softmax_axis, GLOBAL const float *x, GLOBAL float *y, PARAMS(ReduceParams) p) {
  int i = GLOBAL_ID_X;
  if (!INSIDE(i < p.outer * p.inner)) return;
  int o = i / p.inner;
  int from = o * p.n * p.inner + i - o * p.inner;
  float largest = red_first(RED_MAX);
  for (int j = 0; j < p.n; j++) largest = red_next(RED_MAX, largest, x[from + j * p.inner]);
  float sum = 0.0f;
  for (int j = 0; j < p.n; j++) {
    float e = m_exp(x[from + j * p.inner] - largest);
    y[from + j * p.inner] = e;
    sum += e;
  }
  for (int j = 0; j < p.n; j++) y[from + j * p.inner] /= sum;
}

/* y = 1 at the first largest number along n, else 0: Hardmax. x, y: f32 [outer, n, inner]. A thread per line. */
KERNEL(hardmax, GLOBAL const float *x, GLOBAL float *y, PARAMS(ReduceParams) p) {
  int i = GLOBAL_ID_X;
  if (!INSIDE(i < p.outer * p.inner)) return;
  int o = i / p.inner;
  int from = o * p.n * p.inner + i - o * p.inner;
  int best = 0;
  for (int j = 1; j < p.n; j++) {
    if (x[from + j * p.inner] > x[from + best * p.inner]) best = j;
  }
  for (int j = 0; j < p.n; j++) y[from + j * p.inner] = j == best ? 1.0f : 0.0f;
}

/* Numbers in the order of their sizes: as integers. NaN, of either sign, is the largest, and -0 is below 0. */
DEVICE int64 order_of(float x) {
  if (m_isnan(x)) return 0x7fffffff;
  int bits = (int)float_bits(x);
  return bits ^ ((bits >> 31) & 0x7fffffff);
}
DEVICE int64 order_of(int x) { return x; }
DEVICE int64 order_of(int64 x) { return x; }

struct PickParams {
  int outer;
  int n;
  int inner;
  int most;
  int last;
  int k;
};

/*
 * y[o, i] = place of the largest (most) or smallest of x[o, .., i], of equal ones the first or last: ArgMax, ArgMin.
 * x: [outer, n, inner]; y: i64 [outer, inner]. A thread per element of y.
 */
template <class T>
DEVICE void arg_reduce(int i, GLOBAL const T *x, GLOBAL int64 *y, CONSTANT const PickParams &p) {
  if (!INSIDE(i < p.outer * p.inner)) return;
  int o = i / p.inner;
  int from = o * p.n * p.inner + i - o * p.inner;
  int best = 0;
  int64 key = order_of(x[from]);
  for (int j = 1; j < p.n; j++) {
    int64 next = order_of(x[from + j * p.inner]);
    if ((p.most ? next > key : next < key) || (p.last && next == key)) {
      best = j;
      key = next;
    }
  }
  y[i] = best;
}

KERNEL(arg_reduce_f32, GLOBAL const float *x, GLOBAL int64 *y, PARAMS(PickParams) p) {
  arg_reduce<float>(GLOBAL_ID_X, x, y, p);
}
KERNEL(arg_reduce_i32, GLOBAL const int *x, GLOBAL int64 *y, PARAMS(PickParams) p) {
  arg_reduce<int>(GLOBAL_ID_X, x, y, p);
}
KERNEL(arg_reduce_i64, GLOBAL const int64 *x, GLOBAL int64 *y, PARAMS(PickParams) p) {
  arg_reduce<int64>(GLOBAL_ID_X, x, y, p);
}

/*
 * The k largest (most) or smallest along n, in order, of equal ones the first first: TopK. x: [outer, n, inner];
 * values: [outer, k, inner]; places: i64 likewise. A SIMD group per line finds, k times, the best of those that come
 * after the one before: work k n, memory none.
 */
template <class T>
DEVICE void top_k(Place at, GLOBAL const T *x, GLOBAL T *values, GLOBAL int64 *places, CONSTANT const PickParams &p) {
  int line = (at.x * at.threads + at.id) >> 5;
  bool inside = INSIDE(line < p.outer * p.inner);
  int o = line / p.inner;
  int i = line - o * p.inner;
  int from = o * p.n * p.inner + i;
  int to = o * p.k * p.inner + i;
  int64 key = 0;
  int place = -1;
  for (int rank = 0; rank < p.k; rank++) {
    int64 bestKey = 0;
    int best = -1;
    for (int j = at.lane; inside && j < p.n; j += 32) {
      int64 next = order_of(x[from + j * p.inner]);
      /* Largest first: keys grow the other way round. */
      next = p.most ? ~next : next;
      bool after = place < 0 || next > key || (next == key && j > place);
      if (after && (best < 0 || next < bestKey)) {
        bestKey = next;
        best = j;
      }
    }
    for (int mask = 16; mask > 0; mask >>= 1) {
      /* 64 bits are exchanged in halves: not every language shuffles them at once. */
      uint low = SIMD_SHUFFLE_XOR((uint)bestKey, mask);
      uint high = SIMD_SHUFFLE_XOR((uint)((uint64)bestKey >> 32), mask);
      int other = SIMD_SHUFFLE_XOR(best, mask);
      int64 otherKey = (int64)((uint64)high << 32 | low);
      bool better = other >= 0 && (best < 0 || otherKey < bestKey || (otherKey == bestKey && other < best));
      bestKey = better ? otherKey : bestKey;
      best = better ? other : best;
    }
    key = bestKey;
    place = best;
    if (inside && at.lane == 0) {
      values[to + rank * p.inner] = x[from + best * p.inner];
      places[to + rank * p.inner] = best;
    }
  }
}

KERNEL(top_k_f32, GLOBAL const float *x, GLOBAL float *values, GLOBAL int64 *places, PARAMS(PickParams) p) {
  top_k<float>(PLACE, x, values, places, p);
}
KERNEL(top_k_i32, GLOBAL const int *x, GLOBAL int *values, GLOBAL int64 *places, PARAMS(PickParams) p) {
  top_k<int>(PLACE, x, values, places, p);
}
KERNEL(top_k_i64, GLOBAL const int64 *x, GLOBAL int64 *values, GLOBAL int64 *places, PARAMS(PickParams) p) {
  top_k<int64>(PLACE, x, values, places, p);
}

struct CumSumParams {
  int outer;
  int n;
  int inner;
  int exclusive;
  int reverse;
};

/* y[o, j, i] = sum of x[o, ..j, i]: CumSum. A thread per line. */
template <class T, class U>
DEVICE void cum_sum(int i, GLOBAL const T *x, GLOBAL T *y, CONSTANT const CumSumParams &p) {
  if (!INSIDE(i < p.outer * p.inner)) return;
  int o = i / p.inner;
  int from = o * p.n * p.inner + i - o * p.inner;
  U sum = 0;
  for (int j = 0; j < p.n; j++) {
    int at = from + (p.reverse ? p.n - 1 - j : j) * p.inner;
    U next = (U)x[at];
    y[at] = (T)(p.exclusive ? sum : sum + next);
    sum += next;
  }
}

KERNEL(cum_sum_f32, GLOBAL const float *x, GLOBAL float *y, PARAMS(CumSumParams) p) {
  cum_sum<float, float>(GLOBAL_ID_X, x, y, p);
}
KERNEL(cum_sum_i32, GLOBAL const int *x, GLOBAL int *y, PARAMS(CumSumParams) p) {
  cum_sum<int, uint>(GLOBAL_ID_X, x, y, p);
}
KERNEL(cum_sum_i64, GLOBAL const int64 *x, GLOBAL int64 *y, PARAMS(CumSumParams) p) {
  cum_sum<int64, uint64>(GLOBAL_ID_X, x, y, p);
}
