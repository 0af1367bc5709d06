#include "weights.h"
#include "point_1.h"

/*
 * 32 low bytes of lattice indices; 16 bytes, for two groups of eight: three high index bits and the direction of
 * the shift; 4 u16: four 3-bit scales for 16 elements, a quarter of the f16 that scales the block.
 */
struct Iq1M {
  enum { WHOLE = 1, ELEMENTS = 256, BYTES = 56 };
  DEVICE void eight(GLOBAL const uint8_t *b, GLOBAL const uint16_t *lattice, int part, int, LOCAL float *v) {
    /* The block's scale lies in the top quarters of four words. */
    uint bits = 0;
    UNROLL for (int i = 0; i < 4; i++) bits |= load16(b + 48 + 2 * i) >> 12 << (4 * i);
    uint three = load16(b + 48 + part / 8 * 2) >> (part / 2 % 4 * 3) & 7;
    float scale = float(bits_half(uint16_t(bits))) * float(2 * three + 1);
    uint nibble = b[32 + part / 2] >> (part % 2 * 4) & 15;
    point_1(lattice[LATTICE_IQ1 + (b[part] | (nibble & 7) << 8)], nibble >> 3 != 0, scale, v);
  }
};

LATTICE_GATHER_ROWS(gather_rows_iq1_m, Iq1M)
LATTICE_MATVEC(matvec_iq1_m, Iq1M, 1)
LATTICE_MATVEC(matvec4_iq1_m, Iq1M, 4)
LATTICE_MATVEC(matvec8_iq1_m, Iq1M, 8)
LATTICE_MATMUL(matmul_iq1_m, Iq1M)
LATTICE_EXPERT_MATVEC(expert_matvec_iq1_m, Iq1M)
