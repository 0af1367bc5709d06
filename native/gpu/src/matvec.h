#include "format.h"

struct MatvecParams {
  int rows;
  int in;
  int out;
  int x_stride;
  int y_stride;
  int has_bias;
};

/* One SIMD group makes one output of ROWS rows; lane l decodes the eights l, l + 32, ... of the weights' row. */
template <class F, int ROWS>
DEVICE void matvec(Place at, GLOBAL const float *x, GLOBAL const uint8_t *w, GLOBAL const float *bias, GLOBAL float *y,
                   PARAMS(MatvecParams) p) {
  int o = at.x * (at.threads / 32) + at.simd;
  if (INSIDE(o < p.out)) {
    GLOBAL const uint8_t *row = w + o * F::row_bytes(p.in);
    float sums[ROWS];
    UNROLL for (int r = 0; r < ROWS; r++) sums[r] = 0;
    for (int g = at.lane; g * 8 < p.in; g += 32) {
      int count = F::WHOLE ? 8 : m_min(8, p.in - g * 8);
      float v[8];
      F::eight(row, g, count, v);
      UNROLL for (int r = 0; r < ROWS; r++) {
        GLOBAL const float *from = x + int64(m_min(r, p.rows - 1)) * p.x_stride + g * 8;
        UNROLL for (int i = 0; i < 8; i++) {
          if (INSIDE(i < count)) sums[r] += v[i] * from[i];
        }
      }
    }
    UNROLL for (int r = 0; r < ROWS; r++) {
      float sum = SIMD_SUM(sums[r]);
      if (at.lane == 0 && INSIDE(r < p.rows)) y[int64(r) * p.y_stride + o] = sum + (p.has_bias ? bias[o] : 0.0f);
    }
  }
}

/*
 * y[r, o] = sum over i of x[r, i] w[o, i], + bias[o]: few rows against weights that are read once.
 * x: f32 [rows, in], a row every x_stride elements; w: [out, in] in the format; bias: f32 [out], read when has_bias;
 * y: f32 [rows, out], a row every y_stride elements.
 * matvec_FORMAT takes one row, matvec4_FORMAT up to 4, matvec8_FORMAT up to 8.
 * Grid: (ceil(out / (threads / 32))). Threads: any.
 */
#define MATVEC(prefix, format, F, ROWS)                                                                          \
  KERNEL(prefix##_##format, GLOBAL const float *x, GLOBAL const uint8_t *w, GLOBAL const float *bias,            \
         GLOBAL float *y, PARAMS(MatvecParams) p) {                                                              \
    matvec<F, ROWS>(PLACE, x, w, bias, y, p);                                                                    \
  }
#define MATVECS(format, F)     \
  MATVEC(matvec, format, F, 1)  \
  MATVEC(matvec4, format, F, 4) \
  MATVEC(matvec8, format, F, 8)

MATVECS(f32, F32)
