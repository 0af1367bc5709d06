#include "weights.h"

/* f16 d; 16 bytes, element j in the low nibble of byte j, element j + 16 in the high one: d (q - 8). */
struct Q4_0 {
  enum { WHOLE = 1, ELEMENTS = 32, BYTES = 18 };
  DEVICE void eight(GLOBAL const uint8_t *b, GLOBAL const uint16_t *, int part, int, LOCAL float *v) {
    float d = load_half(b);
    uint q[8];
    fields(b + 2 + part % 2 * 8, part / 2 * 4, 15, q);
    UNROLL for (int i = 0; i < 8; i++) v[i] = float(int(q[i]) - 8) * d;
  }
};

GATHER_ROWS(gather_rows_q4_0, Q4_0)
MATVEC(matvec_q4_0, Q4_0, 1)
MATVEC(matvec4_q4_0, Q4_0, 4)
MATVEC(matvec8_q4_0, Q4_0, 8)
MATMUL(matmul_q4_0, Q4_0)
EXPERT_MATVEC(expert_matvec_q4_0, Q4_0)
MATMUL_MMA(matmul_mma_q4_0, Q4_0)
MATMUL_SIMD(matmul_simd_q4_0, Q4_0)
