#include "weights.h"

/* A byte is a base-3 fraction of 256: times 3^n modulo 256 drops n trits, times 3 the carry is the next. */
TABLE(uint8_t, POWERS_OF_3, 5) = {1, 3, 9, 27, 81};

/* 48 bytes of five trits, 4 bytes of four trits, f16 d. */
struct Tq1_0 {
  enum { WHOLE = 1, ELEMENTS = 256, BYTES = 54 };
  DEVICE void eight(GLOBAL const uint8_t *b, GLOBAL const uint16_t *, int part, int, LOCAL float *v) {
    float d = load_half(b + 52);
    UNROLL for (int i = 0; i < 8; i++) {
      int at, trit;
      if (part < 20) {
        at = part % 4 * 8 + i;
        trit = part / 4;
      } else if (part < 30) {
        at = 32 + part % 2 * 8 + i;
        trit = (part - 20) / 2;
      } else {
        at = 48 + i % 4;
        trit = (part - 30) * 2 + i / 4;
      }
      uint rest = uint(b[at]) * POWERS_OF_3[trit] & 255;
      v[i] = float(int(rest * 3 >> 8) - 1) * d;
    }
  }
};

GATHER_ROWS(gather_rows_tq1_0, Tq1_0)
MATVEC(matvec_tq1_0, Tq1_0, 1)
MATVEC(matvec4_tq1_0, Tq1_0, 4)
MATVEC(matvec8_tq1_0, Tq1_0, 8)
MATMUL(matmul_tq1_0, Tq1_0)
EXPERT_MATVEC(expert_matvec_tq1_0, Tq1_0)
