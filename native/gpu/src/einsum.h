/* Sums of products over axes: Einsum of one or two values. */

#include "axes.h"

/*
 * Axes of y, and those that are summed over: extents, and strides of x and z along them, innermost first. A stride is
 * that of all axes of a value that have the label, and 0 where it has none.
 */
struct EinsumParams {
  int count;
  int run;
  int rank;
  int sum_rank;
  int pair;
  int extent[AXES];
  int x[AXES];
  int z[AXES];
  int sum_extent[AXES];
  int sum_x[AXES];
  int sum_z[AXES];
};

/*
 * y[i] = sum over run of x[..], times z[..] when there is a pair. f32. A thread per element of y; long sums are made of
 * partial ones of 32 numbers.
 */
KERNEL(einsum, GLOBAL const float *x, GLOBAL const float *z, GLOBAL float *y, PARAMS(EinsumParams) p) {
  int i = GLOBAL_ID_X;
  if (!INSIDE(i < p.count)) return;
  GLOBAL const float *from = x + offset_of(i, p.rank, p.extent, p.x);
  GLOBAL const float *other = z + (p.pair ? offset_of(i, p.rank, p.extent, p.z) : 0);
  float sum = 0.0f;
  for (int start = 0; start < p.run; start += 32) {
    int end = m_min(start + 32, p.run);
    float part = 0.0f;
    for (int j = start; j < end; j++) {
      float factor = p.pair ? other[offset_of(j, p.sum_rank, p.sum_extent, p.sum_z)] : 1.0f;
      part = m_fma(from[offset_of(j, p.sum_rank, p.sum_extent, p.sum_x)], factor, part);
    }
    sum += part;
  }
  y[i] = sum;
}
