#include "weights.h"

/* f16 d; u32 of fifth bits, element j at bit j; 16 bytes of nibbles as in Q4_0: d (q - 16). */
struct Q5_0 {
  enum { WHOLE = 1, ELEMENTS = 32, BYTES = 22 };
  DEVICE void eight(GLOBAL const uint8_t *b, GLOBAL const uint16_t *, int part, int, LOCAL float *v) {
    float d = load_half(b);
    uint fifth = load32(b + 2) >> (8 * part);
    uint q[8];
    fields(b + 6 + part % 2 * 8, part / 2 * 4, 15, q);
    UNROLL for (int i = 0; i < 8; i++) v[i] = float(int(q[i] | (fifth >> i & 1) << 4) - 16) * d;
  }
};

GATHER_ROWS(gather_rows_q5_0, Q5_0)
MATVEC(matvec_q5_0, Q5_0, 1)
MATVEC(matvec4_q5_0, Q5_0, 4)
MATVEC(matvec8_q5_0, Q5_0, 8)
MATMUL(matmul_q5_0, Q5_0)
EXPERT_MATVEC(expert_matvec_q5_0, Q5_0)
MATMUL_MMA(matmul_mma_q5_0, Q5_0)
MATMUL_SIMD(matmul_simd_q5_0, Q5_0)
