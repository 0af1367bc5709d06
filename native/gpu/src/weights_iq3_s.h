#include "weights.h"
#include "lattice.h"

/*
 * f16 d; 64 low bytes of lattice indices; 8 bytes of their ninth bits; 32 bytes of signs; 4 bytes: two 4-bit
 * scales.
 */
struct Iq3S {
  enum { WHOLE = 1, ELEMENTS = 256, BYTES = 110 };
  DEVICE void eight(GLOBAL const uint8_t *b, GLOBAL const uint16_t *lattice, int part, int, LOCAL float *v) {
    float scale = load_half(b) * float(1 + 2 * (b[106 + part / 8] >> (part / 4 % 2 * 4) & 15));
    uint ninth = b[66 + part / 4] >> (part % 4 * 2), signs = b[74 + part];
    uint low = lattice[LATTICE_IQ3_S + (b[2 + 2 * part] | (ninth & 1) << 8)];
    uint high = lattice[LATTICE_IQ3_S + (b[3 + 2 * part] | (ninth >> 1 & 1) << 8)];
    UNROLL for (int i = 0; i < 8; i++) {
      float size = scale * float(1 + 2 * ((i < 4 ? low >> (3 * i) : high >> (3 * i - 12)) & 7));
      v[i] = (signs >> i & 1) == 0 ? size : -size;
    }
  }
};

LATTICE_GATHER_ROWS(gather_rows_iq3_s, Iq3S)
LATTICE_MATVEC(matvec_iq3_s, Iq3S, 1)
LATTICE_MATVEC(matvec4_iq3_s, Iq3S, 4)
LATTICE_MATVEC(matvec8_iq3_s, Iq3S, 8)
LATTICE_MATMUL(matmul_iq3_s, Iq3S)
LATTICE_EXPERT_MATVEC(expert_matvec_iq3_s, Iq3S)
