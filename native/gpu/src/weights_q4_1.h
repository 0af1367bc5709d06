#include "weights.h"

/* f16 d; f16 m; 16 bytes of nibbles as in Q4_0: d q + m. */
struct Q4_1 {
  enum { WHOLE = 1, ELEMENTS = 32, BYTES = 20 };
  DEVICE void eight(GLOBAL const uint8_t *b, GLOBAL const uint16_t *, int part, int, LOCAL float *v) {
    float d = load_half(b), m = load_half(b + 2);
    uint q[8];
    fields(b + 4 + part % 2 * 8, part / 2 * 4, 15, q);
    UNROLL for (int i = 0; i < 8; i++) v[i] = float(q[i]) * d + m;
  }
};

GATHER_ROWS(gather_rows_q4_1, Q4_1)
MATVEC(matvec_q4_1, Q4_1, 1)
MATVEC(matvec4_q4_1, Q4_1, 4)
MATVEC(matvec8_q4_1, Q4_1, 8)
MATMUL(matmul_q4_1, Q4_1)
EXPERT_MATVEC(expert_matvec_q4_1, Q4_1)
