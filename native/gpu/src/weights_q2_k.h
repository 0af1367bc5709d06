#include "weights.h"

/* 16 bytes: 4-bit scale, 4-bit minimum, each for 16 elements; 64 bytes of 2-bit quants; f16 d; f16 dmin. */
struct Q2_K {
  enum { WHOLE = 1, ELEMENTS = 256, BYTES = 84 };
  DEVICE void eight(GLOBAL const uint8_t *b, GLOBAL const uint16_t *, int part, int, LOCAL float *v) {
    int s = part / 2;
    float scale = load_half(b + 80) * float(b[s] & 15), minimum = load_half(b + 82) * float(b[s] >> 4);
    uint q[8];
    fields(b + 16 + s / 8 * 32 + s % 2 * 16 + part % 2 * 8, s / 2 % 4 * 2, 3, q);
    UNROLL for (int i = 0; i < 8; i++) v[i] = float(q[i]) * scale - minimum;
  }
};

GATHER_ROWS(gather_rows_q2_k, Q2_K)
MATVEC(matvec_q2_k, Q2_K, 1)
MATVEC(matvec4_q2_k, Q2_K, 4)
MATVEC(matvec8_q2_k, Q2_K, 8)
MATMUL(matmul_q2_k, Q2_K)
EXPERT_MATVEC(expert_matvec_q2_k, Q2_K)
