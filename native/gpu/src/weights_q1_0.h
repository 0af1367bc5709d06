#include "weights.h"

/* f16 d; 16 bytes of signs, least significant bit first: 1 is d, 0 is -d. */
struct Q1_0 {
  enum { WHOLE = 1, ELEMENTS = 128, BYTES = 18 };
  DEVICE void eight(GLOBAL const uint8_t *b, GLOBAL const uint16_t *, int part, int, LOCAL float *v) {
    float d = load_half(b);
    uint signs = b[2 + part];
    UNROLL for (int i = 0; i < 8; i++) v[i] = (signs >> i & 1) == 0 ? -d : d;
  }
};

GATHER_ROWS(gather_rows_q1_0, Q1_0)
MATVEC(matvec_q1_0, Q1_0, 1)
MATVEC(matvec4_q1_0, Q1_0, 4)
MATVEC(matvec8_q1_0, Q1_0, 8)
MATMUL(matmul_q1_0, Q1_0)
EXPERT_MATVEC(expert_matvec_q1_0, Q1_0)
