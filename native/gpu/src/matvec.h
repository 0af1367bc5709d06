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

/* Eight elements; wide: their address is a multiple of 16. */
DEVICE void load_eight(GLOBAL const float *from, bool wide, int count, LOCAL float *u) {
  if (wide) {
    float4 a = ((GLOBAL const float4 *)from)[0], b = ((GLOBAL const float4 *)from)[1];
    u[0] = a.x;
    u[1] = a.y;
    u[2] = a.z;
    u[3] = a.w;
    u[4] = b.x;
    u[5] = b.y;
    u[6] = b.z;
    u[7] = b.w;
  } else {
    UNROLL for (int i = 0; i < 8; i++) {
      u[i] = 0.0f;
      if (INSIDE(i < count)) u[i] = from[i];
    }
  }
}

/*
 * y[r, o] = sum over i of x[r, i] w[o, i], + bias[o], + residual[r, o]: few rows against weights that are read once.
 * x: f32 [rows, in], a row every x_stride elements; w: [out, in] in the format; bias: f32 [out], read when has_bias;
 * residual: f32 [rows, out], a row every residual_stride elements, read when has_residual; y: f32 [rows, out], a row
 * every y_stride elements; y may be residual.
 * matvec_FORMAT takes rows one by one, matvec4_FORMAT four, matvec8_FORMAT eight at once; a row's sums are the same bits
 * whatever the others are.
 * Grid: (ceil(out / (threads / 32)), ceil(rows / those at once)). Threads: any.
 *
 * One SIMD group makes one output of all rows; lane l decodes the eights l, l + 32, ... of the weights' row.
 */
template <class F, int ROWS>
DEVICE void matvec(Place at, GLOBAL const float *x, GLOBAL const uint8_t *w, GLOBAL const uint16_t *lattice,
                   GLOBAL const float *bias, GLOBAL const float *residual, GLOBAL float *y, CONSTANT const MatmulParams &p) {
  int o = at.x * (at.threads / 32) + at.simd, first = at.y * ROWS;
  if (INSIDE(o < p.out)) {
    GLOBAL const uint8_t *row = w + o * row_bytes<F>(p.in);
    bool wide = F::WHOLE && p.x_stride % 4 == 0;
    float sums[ROWS];
    UNROLL for (int r = 0; r < ROWS; r++) sums[r] = 0;
    for (int g = at.lane; g * 8 < p.in; g += 32) {
      float v[8];
      int count = decode<F>(row, lattice, g, p.in, v);
      UNROLL for (int r = 0; r < ROWS; r++) {
        GLOBAL const float *from = x + int64(m_min(first + r, p.rows - 1)) * p.x_stride + g * 8;
        float u[8];
        load_eight(from, wide, count, u);
        UNROLL for (int i = 0; i < 8; i++) sums[r] += v[i] * u[i];
      }
    }
    UNROLL for (int r = 0; r < ROWS; r++) {
      float sum = SIMD_SUM(sums[r]);
      int to = first + r;
      if (at.lane == 0 && INSIDE(to < p.rows)) y[int64(to) * p.y_stride + o] = finish(sum, to, o, bias, residual, p);
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
