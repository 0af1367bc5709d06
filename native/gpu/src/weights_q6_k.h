#include "weights.h"

/* 128 bytes of low nibbles; 64 bytes of high bit pairs; 16 signed scales; f16 d: d scale (q - 32). */
struct Q6_K {
  enum { WHOLE = 1, ELEMENTS = 256, BYTES = 210 };
  DEVICE void eight(GLOBAL const uint8_t *b, GLOBAL const uint16_t *, int part, int, LOCAL float *v) {
    int half_block = part / 16, quarter = part / 4 % 4, at = part % 4 * 8;
    float scale = load_half(b + 208) * float(int8_t(b[192 + part / 2]));
    uint q[8], high[8];
    fields(b + half_block * 64 + quarter % 2 * 32 + at, quarter / 2 * 4, 15, q);
    fields(b + 128 + half_block * 32 + at, quarter * 2, 3, high);
    UNROLL for (int i = 0; i < 8; i++) v[i] = float(int(q[i] | high[i] << 4) - 32) * scale;
  }
};

GATHER_ROWS(gather_rows_q6_k, Q6_K)
MATVEC(matvec_q6_k, Q6_K, 1)
MATVEC(matvec4_q6_k, Q6_K, 4)
MATVEC(matvec8_q6_k, Q6_K, 8)
MATMUL(matmul_q6_k, Q6_K)
EXPERT_MATVEC(expert_matvec_q6_k, Q6_K)
MATMUL_MMA(matmul_mma_q6_k, Q6_K)
MATMUL_SIMD(matmul_simd_q6_k, Q6_K)
