#include "weights.h"
#include "non_linear.h"

/* f16 d; u16 with the high bit pairs and 4 bytes with the low nibbles of eight 6-bit scales; 128 bytes of nibbles. */
struct Iq4Xs {
  enum { WHOLE = 1, ELEMENTS = 256, BYTES = 136 };
  DEVICE void eight(GLOBAL const uint8_t *b, GLOBAL const uint16_t *, int part, int, LOCAL float *v) {
    int s = part / 4;
    int six = (b[4 + s / 2] >> (s % 2 * 4) & 15) | (int(load16(b + 2)) >> (2 * s) & 3) << 4;
    float scale = load_half(b) * float(six - 32);
    uint q[8];
    fields(b + 8 + 16 * s + part % 2 * 8, part / 2 % 2 * 4, 15, q);
    UNROLL for (int i = 0; i < 8; i++) v[i] = float(NON_LINEAR[q[i]]) * scale;
  }
};

GATHER_ROWS(gather_rows_iq4_xs, Iq4Xs)
MATVEC(matvec_iq4_xs, Iq4Xs, 1)
MATVEC(matvec4_iq4_xs, Iq4Xs, 4)
MATVEC(matvec8_iq4_xs, Iq4Xs, 8)
MATMUL(matmul_iq4_xs, Iq4Xs)
EXPERT_MATVEC(expert_matvec_iq4_xs, Iq4Xs)
