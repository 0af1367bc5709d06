#include "weights.h"
#include "point_1.h"

/*
 * f16 d; 32 low bytes of lattice indices; 8 u16, one for 32 elements: four times three high index bits, a 3-bit
 * scale, the direction of the shift.
 */
struct Iq1S {
  enum { WHOLE = 1, ELEMENTS = 256, BYTES = 50 };
  DEVICE void eight(GLOBAL const uint8_t *b, GLOBAL const uint16_t *lattice, int part, int, LOCAL float *v) {
    uint word = load16(b + 34 + part / 4 * 2);
    float scale = load_half(b) * float(2 * (word >> 12 & 7) + 1);
    uint index = b[2 + part] | (word >> (part % 4 * 3) & 7) << 8;
    point_1(lattice[LATTICE_IQ1 + index], word >> 15 != 0, scale, v);
  }
};

LATTICE_GATHER_ROWS(gather_rows_iq1_s, Iq1S)
LATTICE_MATVEC(matvec_iq1_s, Iq1S, 1)
LATTICE_MATVEC(matvec4_iq1_s, Iq1S, 4)
LATTICE_MATVEC(matvec8_iq1_s, Iq1S, 8)
LATTICE_MATMUL(matmul_iq1_s, Iq1S)
LATTICE_EXPERT_MATVEC(expert_matvec_iq1_s, Iq1S)
