#include "weights.h"
#include "point_2.h"

/* f16 d; 32 u16: 9-bit lattice index, seven sign bits; 8 bytes: two 4-bit scales. */
struct Iq2Xs {
  enum { WHOLE = 1, ELEMENTS = 256, BYTES = 74 };
  DEVICE void eight(GLOBAL const uint8_t *b, GLOBAL const uint16_t *lattice, int part, int, LOCAL float *v) {
    float scale = load_half(b) * (0.5f + float(b[66 + part / 4] >> (part / 2 % 2 * 4) & 15)) * 0.25f;
    uint word = load16(b + 2 + 2 * part);
    point_2(lattice[LATTICE_IQ2_XS + (word & 511)], even_signs(word >> 9), scale, v);
  }
};

LATTICE_GATHER_ROWS(gather_rows_iq2_xs, Iq2Xs)
LATTICE_MATVEC(matvec_iq2_xs, Iq2Xs, 1)
LATTICE_MATVEC(matvec4_iq2_xs, Iq2Xs, 4)
LATTICE_MATVEC(matvec8_iq2_xs, Iq2Xs, 8)
LATTICE_MATMUL(matmul_iq2_xs, Iq2Xs)
LATTICE_EXPERT_MATVEC(expert_matvec_iq2_xs, Iq2Xs)
