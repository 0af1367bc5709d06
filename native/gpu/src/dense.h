/* Matrix products of two computed values. */

#include "axes.h"

/* extent, a, b: of the batch axes, innermost first: extents, and strides in matrices; 0 where one repeats. */
struct DenseParams {
  int m;
  int n;
  int k;
  int transposed;
  int rank;
  int extent[AXES];
  int a[AXES];
  int b[AXES];
};

#define DENSE_TILE 64
#define DENSE_DEPTH 16

/*
 * y = a b. a: f32 [.., m, k]; b: f32 [.., k, n], or [.., n, k] when transposed; y: f32 [batches, m, n].
 * Grid: ceil(n / 64), ceil(m / 64), batches; 256 threads, each of which holds 4 by 4 numbers of a tile.
 */
KERNEL(dense_matmul, GLOBAL const float *a, GLOBAL const float *b, GLOBAL float *y, PARAMS(DenseParams) p) {
  /* Rows are one number longer, so that threads store to different banks. */
  SHARED(float, left, (DENSE_TILE + 1) * DENSE_DEPTH);
  SHARED(float, right, (DENSE_TILE + 1) * DENSE_DEPTH);
  int firstRow = GROUP_Y * DENSE_TILE;
  int firstColumn = GROUP_X * DENSE_TILE;
  GLOBAL const float *x = a + offset_of(GROUP_Z, p.rank, p.extent, p.a) * p.m * p.k;
  GLOBAL const float *z = b + offset_of(GROUP_Z, p.rank, p.extent, p.b) * p.k * p.n;
  float sum[4][4];
  UNROLL
  for (int r = 0; r < 4; r++) {
    UNROLL
    for (int c = 0; c < 4; c++) sum[r][c] = 0.0f;
  }
  for (int start = 0; start < p.k; start += DENSE_DEPTH) {
    UNROLL
    for (int i = 0; i < 4; i++) {
      int element = THREAD + 256 * i;
      int k = element % DENSE_DEPTH;
      int row = element / DENSE_DEPTH;
      bool inside = INSIDE(firstRow + row < p.m);
      inside = inside && INSIDE(start + k < p.k);
      left[k * (DENSE_TILE + 1) + row] = inside ? x[(firstRow + row) * p.k + start + k] : 0.0f;
      /* Neighbouring threads read neighbouring numbers. */
      int depth = p.transposed ? k : element / DENSE_TILE;
      int column = p.transposed ? row : element % DENSE_TILE;
      inside = INSIDE(firstColumn + column < p.n);
      inside = inside && INSIDE(start + depth < p.k);
      int from = p.transposed ? (firstColumn + column) * p.k + start + depth : (start + depth) * p.n + firstColumn + column;
      right[depth * (DENSE_TILE + 1) + column] = inside ? z[from] : 0.0f;
    }
    BARRIER();
    UNROLL
    for (int k = 0; k < DENSE_DEPTH; k++) {
      float u[4];
      float v[4];
      UNROLL
      for (int r = 0; r < 4; r++) u[r] = left[k * (DENSE_TILE + 1) + THREAD / 16 + 16 * r];
      UNROLL
      for (int c = 0; c < 4; c++) v[c] = right[k * (DENSE_TILE + 1) + THREAD % 16 + 16 * c];
      UNROLL
      for (int r = 0; r < 4; r++) {
        UNROLL
        for (int c = 0; c < 4; c++) sum[r][c] += u[r] * v[c];
      }
    }
    BARRIER();
  }
  UNROLL
  for (int r = 0; r < 4; r++) {
    int row = firstRow + THREAD / 16 + 16 * r;
    UNROLL
    for (int c = 0; c < 4; c++) {
      int column = firstColumn + THREAD % 16 + 16 * c;
      bool inside = INSIDE(row < p.m);
      inside = inside && INSIDE(column < p.n);
      if (inside) y[(GROUP_Z * p.m + row) * p.n + column] = sum[r][c];
    }
  }
}

/*
 * The same where a has few rows: a SIMD group per number of y; every row of a transposed b is read once.
 * Grid: ceil(m * n * 32 / threads), 1, batches.
 */
KERNEL(dense_matvec, GLOBAL const float *a, GLOBAL const float *b, GLOBAL float *y, PARAMS(DenseParams) p) {
  int element = GLOBAL_ID_X >> 5;
  bool inside = INSIDE(element < p.m * p.n);
  int row = element / p.n;
  int column = element - row * p.n;
  GLOBAL const float *x = a + (offset_of(GROUP_Z, p.rank, p.extent, p.a) * p.m + row) * p.k;
  GLOBAL const float *z = b + offset_of(GROUP_Z, p.rank, p.extent, p.b) * p.k * p.n;
  float sum = 0.0f;
  for (int k = LANE; inside && k < p.k; k += 32) sum += x[k] * z[p.transposed ? column * p.k + k : k * p.n + column];
  sum = SIMD_SUM(sum);
  if (inside && LANE == 0) y[GROUP_Z * p.m * p.n + element] = sum;
}
