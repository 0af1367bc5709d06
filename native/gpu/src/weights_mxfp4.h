#include "weights.h"
#include "e2m1.h"

/* One byte of E8M0 scale; 16 bytes of E2M1, ordered as in Q4_0. Nothing is aligned. */
struct Mxfp4 {
  enum { WHOLE = 1, ELEMENTS = 32, BYTES = 17 };
  DEVICE void eight(GLOBAL const uint8_t *b, GLOBAL const uint16_t *, int part, int, LOCAL float *v) {
    uint e = b[0];
    /* 2^(e - 128): half of E8M0, for the doubled table. */
    float scale = bits_float(e < 2 ? 0x00200000u << e : (e - 1) << 23);
    GLOBAL const uint8_t *from = b + 1 + part % 2 * 8;
    UNROLL for (int i = 0; i < 8; i++) v[i] = float(E2M1_DOUBLED[from[i] >> (part / 2 * 4) & 15]) * scale;
  }
};

GATHER_ROWS(gather_rows_mxfp4, Mxfp4)
MATVEC(matvec_mxfp4, Mxfp4, 1)
MATVEC(matvec4_mxfp4, Mxfp4, 4)
MATVEC(matvec8_mxfp4, Mxfp4, 8)
MATMUL(matmul_mxfp4, Mxfp4)
EXPERT_MATVEC(expert_matvec_mxfp4, Mxfp4)
