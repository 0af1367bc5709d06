#include "weights.h"
#include "scales_k.h"

/* f16 d; f16 dmin; 12 bytes of 6-bit scales and minimums, each for 32 elements; 128 bytes of nibbles. */
struct Q4_K {
  enum { WHOLE = 1, ELEMENTS = 256, BYTES = 144 };
  DEVICE void eight(GLOBAL const uint8_t *b, GLOBAL const uint16_t *, int part, int, LOCAL float *v) {
    int s = part / 4;
    HeadK head = head_k(b);
    float scale = scale_k(head, s), minimum = minimum_k(head, s);
    uint q[8];
    aligned_fields(b + 16 + s / 2 * 32 + part % 4 * 8, s % 2 * 4, 15, q);
    UNROLL for (int i = 0; i < 8; i++) v[i] = float(q[i]) * scale - minimum;
  }
};

GATHER_ROWS(gather_rows_q4_k, Q4_K)
MATVEC(matvec_q4_k, Q4_K, 1)
MATVEC(matvec4_q4_k, Q4_K, 4)
MATVEC(matvec8_q4_k, Q4_K, 8)
MATMUL(matmul_q4_k, Q4_K)
EXPERT_MATVEC(expert_matvec_q4_k, Q4_K)
MATMUL_MMA(matmul_mma_q4_k, Q4_K)
MATMUL_SIMD(matmul_simd_q4_k, Q4_K)
