#include "weights.h"

/* 32 bytes of third bits; 64 bytes of 2-bit quants; 12 bytes of sixteen 6-bit scales; f16 d. */
struct Q3_K {
  enum { WHOLE = 1, ELEMENTS = 256, BYTES = 110 };
  DEVICE void eight(GLOBAL const uint8_t *b, GLOBAL const uint16_t *, int part, int, LOCAL float *v) {
    int s = part / 2, low = s % 2 * 16 + part % 2 * 8;
    int six = (b[96 + s % 8] >> (s / 8 * 4) & 15) | (b[104 + s % 4] >> (s / 4 * 2) & 3) << 4;
    float scale = load_half(b + 108) * float(six - 32);
    uint q[8], third[8];
    fields(b + 32 + s / 8 * 32 + low, s / 2 % 4 * 2, 3, q);
    fields(b + low, s / 2, 1, third);
    UNROLL for (int i = 0; i < 8; i++) v[i] = float(int(q[i] | third[i] << 2) - 4) * scale;
  }
};

GATHER_ROWS(gather_rows_q3_k, Q3_K)
MATVEC(matvec_q3_k, Q3_K, 1)
MATVEC(matvec4_q3_k, Q3_K, 4)
MATVEC(matvec8_q3_k, Q3_K, 8)
MATMUL(matmul_q3_k, Q3_K)
EXPERT_MATVEC(expert_matvec_q3_k, Q3_K)
