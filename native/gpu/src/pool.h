/* Pools over one to three spatial axes (missing ones have extent 1): one number for each window of [planes, x..]. */

#include "groups.h"

/* Numbered as Pool.Kind of the graph. */
enum { POOL_MAX, POOL_AVERAGE, POOL_LP };

struct PoolParams {
  int count;
  int kind;
  int counting;
  float power;
  int indices;
  int columnMajor;
  int x[3];
  int y[3];
  int size[3];
  int stride[3];
  int dilation[3];
  int before[3];
  int after[3];
};

/*
 * MaxPool, AveragePool, LpPool. x: f32 [planes, x..]; y: f32 [planes, y..], count numbers; places: i64 as y, where in x
 * each maximum is, if indices. counting: whether an average counts padding. A thread per number of y.
 */
KERNEL(pool, GLOBAL const float *x, GLOBAL float *y, GLOBAL int64 *places, PARAMS(PoolParams) p) {
  int i = GLOBAL_ID_X;
  if (!INSIDE(i < p.count)) return;
  int px = i % p.y[2];
  int py = i / p.y[2] % p.y[1];
  int pz = i / p.y[2] / p.y[1] % p.y[0];
  int plane = i / p.y[2] / p.y[1] / p.y[0];
  int volume = p.x[0] * p.x[1] * p.x[2];
  float sum = p.kind == POOL_MAX ? -INFINITE : 0.0f;
  int best = -1;
  int met = 0;
  for (int kz = 0; kz < p.size[0]; kz++) {
    int iz = pz * p.stride[0] - p.before[0] + kz * p.dilation[0];
    for (int ky = 0; ky < p.size[1]; ky++) {
      int iy = py * p.stride[1] - p.before[1] + ky * p.dilation[1];
      for (int kx = 0; kx < p.size[2]; kx++) {
        int ix = px * p.stride[2] - p.before[2] + kx * p.dilation[2];
        bool inside = ix >= 0 && ix < p.x[2] && iy >= 0 && iy < p.x[1] && iz >= 0 && iz < p.x[0];
        if (!INSIDE(inside)) {
          bool padding = iz < p.x[0] + p.after[0] && iy < p.x[1] + p.after[1] && ix < p.x[2] + p.after[2];
          if (padding && p.counting) met++;
          continue;
        }
        met++;
        float value = x[plane * volume + (iz * p.x[1] + iy) * p.x[2] + ix];
        if (p.kind == POOL_AVERAGE) {
          sum += value;
        } else if (p.kind == POOL_LP) {
          sum += p.power == 2.0f ? value * value : p.power == 1.0f ? m_abs(value) : m_pow(m_abs(value), p.power);
        } else if (best < 0 || value > sum || (m_isnan(value) && !m_isnan(sum))) {
          sum = value;
          best = p.columnMajor ? iz + p.x[0] * (iy + p.x[1] * ix) : (iz * p.x[1] + iy) * p.x[2] + ix;
        }
      }
    }
  }
  if (p.kind == POOL_AVERAGE) {
    sum = met == 0 ? 0.0f : sum / (float)met;
  } else if (p.kind == POOL_LP) {
    sum = p.power == 2.0f ? m_sqrt(sum) : p.power == 1.0f ? sum : m_pow(sum, 1.0f / p.power);
  }
  y[i] = sum;
  if (p.indices) places[i] = (int64)plane * volume + best;
}
