#include "weights.h"
#include "lattice.h"

TABLE(uint8_t, LEVELS_3_XXS, 8) = {4, 12, 20, 28, 36, 44, 52, 62};

/* f16 d; 64 lattice indices; for each 32 elements a u32 with four times seven sign bits and a 4-bit scale. */
struct Iq3Xxs {
  enum { WHOLE = 1, ELEMENTS = 256, BYTES = 98 };
  DEVICE void eight(GLOBAL const uint8_t *b, GLOBAL const uint16_t *lattice, int part, int, LOCAL float *v) {
    uint word = load32(b + 66 + part / 4 * 4);
    float scale = load_half(b) * (0.5f + float(word >> 28)) * 0.5f;
    uint signs = even_signs(word >> (part % 4 * 7) & 127);
    uint low = lattice[LATTICE_IQ3_XXS + b[2 + 2 * part]], high = lattice[LATTICE_IQ3_XXS + b[3 + 2 * part]];
    UNROLL for (int i = 0; i < 8; i++) {
      float size = scale * float(LEVELS_3_XXS[(i < 4 ? low >> (3 * i) : high >> (3 * i - 12)) & 7]);
      v[i] = (signs >> i & 1) == 0 ? size : -size;
    }
  }
};

LATTICE_GATHER_ROWS(gather_rows_iq3_xxs, Iq3Xxs)
LATTICE_MATVEC(matvec_iq3_xxs, Iq3Xxs, 1)
LATTICE_MATVEC(matvec4_iq3_xxs, Iq3Xxs, 4)
LATTICE_MATVEC(matvec8_iq3_xxs, Iq3Xxs, 8)
LATTICE_MATMUL(matmul_iq3_xxs, Iq3Xxs)
LATTICE_EXPERT_MATVEC(expert_matvec_iq3_xxs, Iq3Xxs)
