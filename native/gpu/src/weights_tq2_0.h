#include "weights.h"

/* 64 bytes: in each 32, element 32 n + j at bits 2 n of byte j; f16 d: d (q - 1). */
struct Tq2_0 {
  enum { WHOLE = 1, ELEMENTS = 256, BYTES = 66 };
  DEVICE void eight(GLOBAL const uint8_t *b, GLOBAL const uint16_t *, int part, int, LOCAL float *v) {
    float d = load_half(b + 64);
    uint q[8];
    fields(b + part / 16 * 32 + part % 4 * 8, part / 4 % 4 * 2, 3, q);
    UNROLL for (int i = 0; i < 8; i++) v[i] = float(int(q[i]) - 1) * d;
  }
};

GATHER_ROWS(gather_rows_tq2_0, Tq2_0)
MATVEC(matvec_tq2_0, Tq2_0, 1)
MATVEC(matvec4_tq2_0, Tq2_0, 4)
MATVEC(matvec8_tq2_0, Tq2_0, 8)
MATMUL(matmul_tq2_0, Tq2_0)
EXPERT_MATVEC(expert_matvec_tq2_0, Tq2_0)
