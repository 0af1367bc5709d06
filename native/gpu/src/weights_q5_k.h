#include "weights.h"
#include "scales_k.h"

/* As Q4_K, with 32 bytes of fifth bits (sub-block s at bit s) before the nibbles. */
struct Q5_K {
  enum { WHOLE = 1, ELEMENTS = 256, BYTES = 176 };
  DEVICE void eight(GLOBAL const uint8_t *b, GLOBAL const uint16_t *, int part, int, LOCAL float *v) {
    int s = part / 4;
    HeadK head = head_k(b);
    float scale = scale_k(head, s), minimum = minimum_k(head, s);
    uint q[8], fifth[8];
    aligned_fields(b + 48 + s / 2 * 32 + part % 4 * 8, s % 2 * 4, 15, q);
    aligned_fields(b + 16 + part % 4 * 8, s, 1, fifth);
    UNROLL for (int i = 0; i < 8; i++) v[i] = float(q[i] | fifth[i] << 4) * scale - minimum;
  }
};

GATHER_ROWS(gather_rows_q5_k, Q5_K)
MATVEC(matvec_q5_k, Q5_K, 1)
MATVEC(matvec4_q5_k, Q5_K, 4)
MATVEC(matvec8_q5_k, Q5_K, 8)
MATMUL(matmul_q5_k, Q5_K)
EXPERT_MATVEC(expert_matvec_q5_k, Q5_K)
MATMUL_MMA(matmul_mma_q5_k, Q5_K)
MATMUL_SIMD(matmul_simd_q5_k, Q5_K)
