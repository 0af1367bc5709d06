/* Only where there are such instructions: CUDA from sm_80 on, and the host. */
#ifdef GATUN_MMA

/* Halves of a row of a tile in shared memory: 8 more than the 32 in use, so that fragments come from different banks. */
#define MMA_STRIDE 40

DEVICE uint two_halves_of(float low, float high) { return uint(half_bits(half(low))) | uint(half_bits(half(high))) << 16; }

/*
 * As matmul (same memory, parameters, grid and threads), on tensor cores: inputs and decoded weights are rounded to f16,
 * sums are f32. Inputs beyond 65504 become infinite.
 *
 * A tile of 64 rows and 64 outputs; a SIMD group makes 16 rows and 32 outputs of it.
 */
template <class F>
DEVICE void matmul_mma(Place at, GLOBAL const float *x, GLOBAL const uint8_t *w, GLOBAL const uint16_t *lattice,
                       GLOBAL const float *bias, GLOBAL const float *residual, GLOBAL float *y, SHARED_PTR uint4 *xs,
                       SHARED_PTR uint4 *ws, CONSTANT const MatmulParams &p) {
  int first_row = at.y * TILE_ROWS, first_out = at.x * TILE_OUT;
  int column = at.id % 64, part = at.id / 64;
  int row = at.simd / 2 * 16 + at.lane / 4, out = at.simd % 2 * 32 + at.lane / 4, pair = at.lane % 4;
  GLOBAL const float *from = x + int64(m_min(first_row + column, p.rows - 1)) * p.x_stride;
  GLOBAL const uint8_t *weights = w + m_min(first_out + column, p.out - 1) * row_bytes<F>(p.in);
  SHARED_PTR const uint *x_pairs = (SHARED_PTR const uint *)xs;
  SHARED_PTR const uint *w_pairs = (SHARED_PTR const uint *)ws;
  float sums[4][4];
  UNROLL for (int i = 0; i < 4; i++) {
    UNROLL for (int j = 0; j < 4; j++) sums[i][j] = 0;
  }
  for (int first = 0; first < p.in; first += TILE_IN) {
    int g = first / 8 + part;
    float v[8], u[8];
    decode<F>(weights, lattice, g, p.in, v);
    UNROLL for (int i = 0; i < 8; i++) {
      u[i] = 0;
      if (INSIDE(g * 8 + i < p.in)) u[i] = from[g * 8 + i];
    }
    uint4 eight;
    eight.x = two_halves_of(v[0], v[1]);
    eight.y = two_halves_of(v[2], v[3]);
    eight.z = two_halves_of(v[4], v[5]);
    eight.w = two_halves_of(v[6], v[7]);
    ws[column * (MMA_STRIDE / 8) + part] = eight;
    eight.x = two_halves_of(u[0], u[1]);
    eight.y = two_halves_of(u[2], u[3]);
    eight.z = two_halves_of(u[4], u[5]);
    eight.w = two_halves_of(u[6], u[7]);
    xs[column * (MMA_STRIDE / 8) + part] = eight;
    BARRIER();
    UNROLL for (int k = 0; k < TILE_IN / 2; k += 8) {
      uint a[4];
      UNROLL for (int i = 0; i < 4; i++) {
        a[i] = x_pairs[(row + i % 2 * 8) * (MMA_STRIDE / 2) + k + pair + i / 2 * 4];
      }
      UNROLL for (int j = 0; j < 4; j++) {
        uint b[2];
        UNROLL for (int i = 0; i < 2; i++) b[i] = w_pairs[(out + j * 8) * (MMA_STRIDE / 2) + k + pair + i * 4];
        MMA_16_8_16(sums[j], a, b);
      }
    }
    BARRIER();
  }
  UNROLL for (int j = 0; j < 4; j++) {
    UNROLL for (int i = 0; i < 4; i++) {
      int r = first_row + row + i / 2 * 8, o = first_out + at.simd % 2 * 32 + j * 8 + pair * 2 + i % 2;
      if (INSIDE(r < p.rows && o < p.out)) y[int64(r) * p.y_stride + o] = finish(sums[j][i], r, o, bias, residual, p);
    }
  }
}

#define MATMUL_MMA(name, F)                                                                                          \
  KERNEL(name, GLOBAL const float *x, GLOBAL const uint8_t *w, GLOBAL const float *bias, GLOBAL const float *residual, \
         GLOBAL float *y, PARAMS(MatmulParams) p) {                                                                  \
    SHARED(uint4, xs, TILE_ROWS *MMA_STRIDE / 8);                                                                    \
    SHARED(uint4, ws, TILE_OUT *MMA_STRIDE / 8);                                                                     \
    matmul_mma<F>(PLACE, x, w, (GLOBAL const uint16_t *)w, bias, residual, y, xs, ws, p);                            \
  }

#else
#define MATMUL_MMA(name, F)
#endif
