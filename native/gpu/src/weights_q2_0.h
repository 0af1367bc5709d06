#include "weights.h"

/* f16 d; 16 bytes of 2-bit quants, least significant bits first: d (q - 1). */
struct Q2_0 {
  enum { WHOLE = 1, ELEMENTS = 64, BYTES = 18 };
  DEVICE void eight(GLOBAL const uint8_t *b, GLOBAL const uint16_t *, int part, int, LOCAL float *v) {
    float d = load_half(b);
    uint two = load16(b + 2 + part * 2);
    UNROLL for (int i = 0; i < 8; i++) v[i] = float(int(two >> (2 * i) & 3) - 1) * d;
  }
};

GATHER_ROWS(gather_rows_q2_0, Q2_0)
MATVEC(matvec_q2_0, Q2_0, 1)
MATVEC(matvec4_q2_0, Q2_0, 4)
MATVEC(matvec8_q2_0, Q2_0, 8)
MATMUL(matmul_q2_0, Q2_0)
EXPERT_MATVEC(expert_matvec_q2_0, Q2_0)
