/* What the device can do at most: kernels that only read, and that only multiply. */

struct PeakParams {
  int count;
  int rounds;
};

/* Reads all of x. x: [count]; y: one number per thread. Grid: any. Threads: any. */
KERNEL(peak_read, GLOBAL const uint4 *x, GLOBAL uint *y, PARAMS(PeakParams) p) {
  uint all = 0;
  for (int i = GLOBAL_ID_X; i < p.count; i += GRID_X * THREADS) {
    uint4 four = x[i];
    all ^= four.x ^ four.y ^ four.z ^ four.w;
  }
  y[GLOBAL_ID_X] = all;
}

/* Sums that do not wait for each other, so that the arithmetic is busy. */
#define PEAK_SUMS 8

/* PEAK_SUMS multiplications with an addition per thread and round, in single precision. y: one number per thread. */
KERNEL(peak_multiply, GLOBAL float *y, PARAMS(PeakParams) p) {
  float factor = float(p.count), sums[PEAK_SUMS];
  UNROLL for (int j = 0; j < PEAK_SUMS; j++) sums[j] = float(j);
  ROLLED for (int i = 0; i < p.rounds; i++) {
    UNROLL for (int j = 0; j < PEAK_SUMS; j++) sums[j] = m_fma(sums[j], factor, factor);
  }
  float all = 0;
  UNROLL for (int j = 0; j < PEAK_SUMS; j++) all += sums[j];
  y[GLOBAL_ID_X] = all;
}

#ifdef GATUN_MMA
/* PEAK_SUMS products of 16 x 16 and 16 x 8 halves per SIMD group and round. y: one number per thread. */
KERNEL(peak_mma, GLOBAL float *y, PARAMS(PeakParams) p) {
  float sums[PEAK_SUMS][4];
  uint a[4], b[2];
  UNROLL for (int i = 0; i < 4; i++) a[i] = uint(p.count);
  UNROLL for (int i = 0; i < 2; i++) b[i] = uint(p.count);
  UNROLL for (int j = 0; j < PEAK_SUMS; j++) {
    UNROLL for (int i = 0; i < 4; i++) sums[j][i] = 0;
  }
  ROLLED for (int i = 0; i < p.rounds; i++) {
    UNROLL for (int j = 0; j < PEAK_SUMS; j++) MMA_16_8_16(sums[j], a, b);
  }
  float all = 0;
  UNROLL for (int j = 0; j < PEAK_SUMS; j++) {
    UNROLL for (int i = 0; i < 4; i++) all += sums[j][i];
  }
  y[GLOBAL_ID_X] = all;
}
#endif
