#include "weights.h"
#include "point_2.h"

/*
 * f16 d; 32 low bytes of lattice indices; 32 bytes of signs; 8 bytes of index bits 8 and 9; 8 bytes: two 4-bit
 * scales.
 */
struct Iq2S {
  enum { WHOLE = 1, ELEMENTS = 256, BYTES = 82 };
  DEVICE void eight(GLOBAL const uint8_t *b, GLOBAL const uint16_t *lattice, int part, int, LOCAL float *v) {
    float scale = load_half(b) * (0.5f + float(b[74 + part / 4] >> (part / 2 % 2 * 4) & 15)) * 0.25f;
    int index = b[2 + part] | (b[66 + part / 4] >> (part % 4 * 2) & 3) << 8;
    point_2(lattice[LATTICE_IQ2_S + index], b[34 + part], scale, v);
  }
};

LATTICE_GATHER_ROWS(gather_rows_iq2_s, Iq2S)
LATTICE_MATVEC(matvec_iq2_s, Iq2S, 1)
LATTICE_MATVEC(matvec4_iq2_s, Iq2S, 4)
LATTICE_MATVEC(matvec8_iq2_s, Iq2S, 8)
LATTICE_MATMUL(matmul_iq2_s, Iq2S)
LATTICE_EXPERT_MATVEC(expert_matvec_iq2_s, Iq2S)
