#include "weights.h"
#include "non_linear.h"

/* f16 d; 16 bytes of nibbles as in Q4_0 that index a table. */
struct Iq4Nl {
  enum { WHOLE = 1, ELEMENTS = 32, BYTES = 18 };
  DEVICE void eight(GLOBAL const uint8_t *b, GLOBAL const uint16_t *, int part, int, LOCAL float *v) {
    float d = load_half(b);
    uint q[8];
    fields(b + 2 + part % 2 * 8, part / 2 * 4, 15, q);
    UNROLL for (int i = 0; i < 8; i++) v[i] = float(NON_LINEAR[q[i]]) * d;
  }
};

GATHER_ROWS(gather_rows_iq4_nl, Iq4Nl)
MATVEC(matvec_iq4_nl, Iq4Nl, 1)
MATVEC(matvec4_iq4_nl, Iq4Nl, 4)
MATVEC(matvec8_iq4_nl, Iq4Nl, 8)
MATMUL(matmul_iq4_nl, Iq4Nl)
EXPERT_MATVEC(expert_matvec_iq4_nl, Iq4Nl)
