#include "weights.h"
#include "point_2.h"

/*
 * f16 d; for each 32 elements 4 bytes of lattice indices and a u32 with four times seven sign bits and a 4-bit
 * scale.
 */
struct Iq2Xxs {
  enum { WHOLE = 1, ELEMENTS = 256, BYTES = 66 };
  DEVICE void eight(GLOBAL const uint8_t *b, GLOBAL const uint16_t *lattice, int part, int, LOCAL float *v) {
    GLOBAL const uint8_t *group = b + 2 + part / 4 * 8;
    uint word = load32(group + 4);
    float scale = load_half(b) * (0.5f + float(word >> 28)) * 0.25f;
    point_2(lattice[LATTICE_IQ2_XXS + group[part % 4]], even_signs(word >> (part % 4 * 7) & 127), scale, v);
  }
};

LATTICE_GATHER_ROWS(gather_rows_iq2_xxs, Iq2Xxs)
LATTICE_MATVEC(matvec_iq2_xxs, Iq2Xxs, 1)
LATTICE_MATVEC(matvec4_iq2_xxs, Iq2Xxs, 4)
LATTICE_MATVEC(matvec8_iq2_xxs, Iq2Xxs, 8)
LATTICE_MATMUL(matmul_iq2_xxs, Iq2Xxs)
LATTICE_EXPERT_MATVEC(expert_matvec_iq2_xxs, Iq2Xxs)
