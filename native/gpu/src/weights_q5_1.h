#include "weights.h"

/* f16 d; f16 m; u32 of fifth bits, element j at bit j; 16 bytes of nibbles as in Q4_0: d q + m. */
struct Q5_1 {
  enum { WHOLE = 1, ELEMENTS = 32, BYTES = 24 };
  DEVICE void eight(GLOBAL const uint8_t *b, GLOBAL const uint16_t *, int part, int, LOCAL float *v) {
    float d = load_half(b), m = load_half(b + 2);
    uint fifth = load32(b + 4) >> (8 * part);
    uint q[8];
    fields(b + 8 + part % 2 * 8, part / 2 * 4, 15, q);
    UNROLL for (int i = 0; i < 8; i++) v[i] = float(q[i] | (fifth >> i & 1) << 4) * d + m;
  }
};

GATHER_ROWS(gather_rows_q5_1, Q5_1)
MATVEC(matvec_q5_1, Q5_1, 1)
MATVEC(matvec4_q5_1, Q5_1, 4)
MATVEC(matvec8_q5_1, Q5_1, 8)
MATMUL(matmul_q5_1, Q5_1)
EXPERT_MATVEC(expert_matvec_q5_1, Q5_1)
