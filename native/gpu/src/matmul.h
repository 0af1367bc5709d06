/* Rows, outputs and inputs of a tile. */
#define TILE_ROWS 64
#define TILE_OUT 64
#define TILE_IN 32

/*
 * As matvec, for any number of rows: prefill.
 * Grid: (ceil(out / 64), ceil(rows / 64)). Threads: 256.
 *
 * A group makes a tile of 64 rows and 64 outputs, a thread 4 by 4 of it; weights are decoded and inputs copied to shared
 * memory, 32 at a time, transposed.
 */
template <class F>
DEVICE void matmul(Place at, GLOBAL const float *x, GLOBAL const uint8_t *w, GLOBAL const uint16_t *lattice,
                   GLOBAL const float *bias, GLOBAL const float *residual, GLOBAL float *y, SHARED_PTR float *xs,
                   SHARED_PTR float *ws, CONSTANT const MatmulParams &p) {
  int first_row = at.y * TILE_ROWS, first_out = at.x * TILE_OUT;
  int column = at.id % 64, part = at.id / 64;
  int thread_row = at.id / 16 * 4, thread_out = at.id % 16 * 4;
  /* Rows and outputs behind the last compute again what the last ones do. */
  GLOBAL const float *from = x + int64(m_min(first_row + column, p.rows - 1)) * p.x_stride;
  GLOBAL const uint8_t *weights = w + m_min(first_out + column, p.out - 1) * row_bytes<F>(p.in);
  float sums[4][4];
  UNROLL for (int i = 0; i < 4; i++) {
    UNROLL for (int j = 0; j < 4; j++) sums[i][j] = 0;
  }
  for (int first = 0; first < p.in; first += TILE_IN) {
    int g = first / 8 + part;
    float v[8];
    decode<F>(weights, lattice, g, p.in, v);
    UNROLL for (int i = 0; i < 8; i++) {
      ws[(part * 8 + i) * TILE_OUT + column] = v[i];
      float value = 0;
      if (INSIDE(g * 8 + i < p.in)) value = from[g * 8 + i];
      xs[(part * 8 + i) * TILE_ROWS + column] = value;
    }
    BARRIER();
    UNROLL for (int k = 0; k < TILE_IN; k++) {
      float a[4], b[4];
      UNROLL for (int i = 0; i < 4; i++) a[i] = xs[k * TILE_ROWS + thread_row + i];
      UNROLL for (int j = 0; j < 4; j++) b[j] = ws[k * TILE_OUT + thread_out + j];
      UNROLL for (int i = 0; i < 4; i++) {
        UNROLL for (int j = 0; j < 4; j++) sums[i][j] += a[i] * b[j];
      }
    }
    BARRIER();
  }
  UNROLL for (int i = 0; i < 4; i++) {
    UNROLL for (int j = 0; j < 4; j++) {
      int r = first_row + thread_row + i, o = first_out + thread_out + j;
      if (INSIDE(r < p.rows && o < p.out)) y[int64(r) * p.y_stride + o] = finish(sums[i][j], r, o, bias, residual, p);
    }
  }
}

#define MATMUL(name, F)                                                                                              \
  KERNEL(name, GLOBAL const float *x, GLOBAL const uint8_t *w, GLOBAL const float *bias, GLOBAL const float *residual, \
         GLOBAL float *y, PARAMS(MatmulParams) p) {                                                                  \
    SHARED(float, xs, TILE_IN *TILE_ROWS);                                                                           \
    SHARED(float, ws, TILE_IN *TILE_OUT);                                                                            \
    matmul<F>(PLACE, x, w, (GLOBAL const uint16_t *)w, bias, residual, y, xs, ws, p);                                \
  }
#define LATTICE_MATMUL(name, F)                                                                             \
  KERNEL(name, GLOBAL const float *x, GLOBAL const uint8_t *w, GLOBAL const uint16_t *lattice,              \
         GLOBAL const float *bias, GLOBAL const float *residual, GLOBAL float *y, PARAMS(MatmulParams) p) { \
    SHARED(float, xs, TILE_IN *TILE_ROWS);                                                                  \
    SHARED(float, ws, TILE_IN *TILE_OUT);                                                                   \
    matmul<F>(PLACE, x, w, lattice, bias, residual, y, xs, ws, p);                                          \
  }
