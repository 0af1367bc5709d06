/* Only where SIMD groups multiply matrices of single precision: Metal, and the host. */
#ifdef GATUN_SIMD_MATRIX

/* Inputs of a row of a tile in shared memory: 4 more than the 32 in use, so that rows come from different banks. */
#define SIMD_STRIDE 36

/*
 * As matmul (same memory, parameters, grid and threads), on products of 8 x 8 matrices, which are of single precision.
 *
 * A tile of 64 rows and 64 outputs; a SIMD group makes 16 rows and 32 outputs of it.
 */
template <class F>
DEVICE void matmul_simd(Place at, GLOBAL const float *x, GLOBAL const uint8_t *w, GLOBAL const uint16_t *lattice,
                        GLOBAL const float *bias, GLOBAL const float *residual, GLOBAL float *y, SHARED_PTR float *xs,
                        SHARED_PTR float *ws, SHARED_PTR float *out, CONSTANT const MatmulParams &p) {
  int first_row = at.y * TILE_ROWS, first_out = at.x * TILE_OUT;
  int column = at.id % 64, part = at.id / 64;
  int own_row = at.simd / 2 * 16, own_out = at.simd % 2 * 32;
  GLOBAL const float *from = x + int64(m_min(first_row + column, p.rows - 1)) * p.x_stride;
  GLOBAL const uint8_t *weights = w + m_min(first_out + column, p.out - 1) * row_bytes<F>(p.in);
  SIMD_MATRIX sums[2][4];
  UNROLL for (int i = 0; i < 2; i++) {
    UNROLL for (int j = 0; j < 4; j++) MATRIX_ZERO(sums[i][j]);
  }
  for (int first = 0; first < p.in; first += TILE_IN) {
    int g = first / 8 + part;
    float v[8];
    decode<F>(weights, lattice, g, p.in, v);
    UNROLL for (int i = 0; i < 8; i++) {
      ws[(part * 8 + i) * TILE_OUT + column] = v[i];
      float value = 0;
      if (INSIDE(g * 8 + i < p.in)) value = from[g * 8 + i];
      xs[column * SIMD_STRIDE + part * 8 + i] = value;
    }
    BARRIER();
    UNROLL for (int k = 0; k < TILE_IN; k += 8) {
      SIMD_MATRIX a[2];
      UNROLL for (int i = 0; i < 2; i++) MATRIX_LOAD(a[i], xs + (own_row + 8 * i) * SIMD_STRIDE + k, SIMD_STRIDE);
      UNROLL for (int j = 0; j < 4; j++) {
        SIMD_MATRIX b;
        MATRIX_LOAD(b, ws + k * TILE_OUT + own_out + 8 * j, TILE_OUT);
        UNROLL for (int i = 0; i < 2; i++) MATRIX_MULTIPLY_ADD(sums[i][j], a[i], b);
      }
    }
    BARRIER();
  }
  /* A matrix at a time goes through memory of the SIMD group, for nobody says which thread holds which number. */
  SHARED_PTR float *own = out + at.simd * 64;
  UNROLL for (int i = 0; i < 2; i++) {
    UNROLL for (int j = 0; j < 4; j++) {
      MATRIX_STORE(sums[i][j], own, 8);
      SIMD_BARRIER();
      UNROLL for (int turn = 0; turn < 2; turn++) {
        int number = at.lane + 32 * turn;
        int r = first_row + own_row + 8 * i + number / 8, o = first_out + own_out + 8 * j + number % 8;
        if (INSIDE(r < p.rows && o < p.out)) y[int64(r) * p.y_stride + o] = finish(own[number], r, o, bias, residual, p);
      }
      SIMD_BARRIER();
    }
  }
}

#define MATMUL_SIMD(name, F)                                                                                         \
  KERNEL(name, GLOBAL const float *x, GLOBAL const uint8_t *w, GLOBAL const float *bias, GLOBAL const float *residual, \
         GLOBAL float *y, PARAMS(MatmulParams) p) {                                                                  \
    SHARED(float, xs, TILE_ROWS *SIMD_STRIDE);                                                                       \
    SHARED(float, ws, TILE_IN *TILE_OUT);                                                                            \
    SHARED(float, out, 512);                                                                                         \
    matmul_simd<F>(PLACE, x, w, (GLOBAL const uint16_t *)w, bias, residual, y, xs, ws, out, p);                      \
  }

#else
#define MATMUL_SIMD(name, F)
#endif
