/* Of matvec and matmul. */
struct MatmulParams {
  int rows;
  int in;
  int out;
  int x_stride;
  int y_stride;
  int residual_stride;
  int has_bias;
  int has_residual;
};

/* What is added to the sum of an output. */
DEVICE float finish(float sum, int r, int o, GLOBAL const float *bias, GLOBAL const float *residual,
                    CONSTANT const MatmulParams &p) {
  if (p.has_bias) sum += bias[o];
  if (p.has_residual) sum += residual[int64(r) * p.residual_stride + o];
  return sum;
}

/*
 * y[r, o] = sum over i of x[r, i] w[o, i], + bias[o], + residual[r, o]: few rows against weights that are read once.
 * x: f32 [rows, in], a row every x_stride elements; w: [out, in] in the format; bias: f32 [out], read when has_bias;
 * residual: f32 [rows, out], a row every residual_stride elements, read when has_residual; y: f32 [rows, out], a row
 * every y_stride elements; y may be residual.
 * matvec_FORMAT takes one row, matvec4_FORMAT up to 4, matvec8_FORMAT up to 8.
 * Grid: (ceil(out / (threads / 32))). Threads: any.
 *
 * One SIMD group makes one output of all rows; lane l decodes the eights l, l + 32, ... of the weights' row.
 */
template <class F, int ROWS>
DEVICE void matvec(Place at, GLOBAL const float *x, GLOBAL const uint8_t *w, GLOBAL const uint16_t *lattice,
                   GLOBAL const float *bias, GLOBAL const float *residual, GLOBAL float *y, CONSTANT const MatmulParams &p) {
  int o = at.x * (at.threads / 32) + at.simd;
  if (INSIDE(o < p.out)) {
    GLOBAL const uint8_t *row = w + o * row_bytes<F>(p.in);
    float sums[ROWS];
    UNROLL for (int r = 0; r < ROWS; r++) sums[r] = 0;
    for (int g = at.lane; g * 8 < p.in; g += 32) {
      float v[8];
      int count = decode<F>(row, lattice, g, p.in, v);
      UNROLL for (int r = 0; r < ROWS; r++) {
        GLOBAL const float *from = x + int64(m_min(r, p.rows - 1)) * p.x_stride + g * 8;
        UNROLL for (int i = 0; i < 8; i++) {
          if (INSIDE(i < count)) sums[r] += v[i] * from[i];
        }
      }
    }
    UNROLL for (int r = 0; r < ROWS; r++) {
      float sum = SIMD_SUM(sums[r]);
      if (at.lane == 0 && INSIDE(r < p.rows)) y[int64(r) * p.y_stride + o] = finish(sum, r, o, bias, residual, p);
    }
  }
}

#define MATVEC(name, F, ROWS)                                                                                        \
  KERNEL(name, GLOBAL const float *x, GLOBAL const uint8_t *w, GLOBAL const float *bias, GLOBAL const float *residual, \
         GLOBAL float *y, PARAMS(MatmulParams) p) {                                                                  \
    matvec<F, ROWS>(PLACE, x, w, (GLOBAL const uint16_t *)w, bias, residual, y, p);                                  \
  }
#define LATTICE_MATVEC(name, F, ROWS)                                                                       \
  KERNEL(name, GLOBAL const float *x, GLOBAL const uint8_t *w, GLOBAL const uint16_t *lattice,              \
         GLOBAL const float *bias, GLOBAL const float *residual, GLOBAL float *y, PARAMS(MatmulParams) p) { \
    matvec<F, ROWS>(PLACE, x, w, lattice, bias, residual, y, p);                                            \
  }
