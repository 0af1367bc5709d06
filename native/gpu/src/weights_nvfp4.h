#include "weights.h"
#include "e2m1.h"

/*
 * Four bytes of UE4M3 scale, one for 16 elements; 32 bytes of E2M1, eight for each 16: j in the low nibble, j + 8
 * in the high one.
 */
struct Nvfp4 {
  enum { WHOLE = 1, ELEMENTS = 64, BYTES = 36 };
  DEVICE void eight(GLOBAL const uint8_t *b, GLOBAL const uint16_t *, int part, int, LOCAL float *v) {
    int s = part / 2;
    /* Half of an unsigned E4M3 number (exponent bias 7); 0x7f, a NaN, reads as 0, and the top bit is not part of it. */
    uint bits = b[s], exponent = bits >> 3 & 15, mantissa = bits & 7;
    float scale = exponent == 0 ? float(mantissa) * bits_float(117u << 23) : bits_float((exponent + 119) << 23 | mantissa << 20);
    if (bits == 0x7f) scale = 0.0f;
    uint q[8];
    fields(b + 4 + 8 * s, part % 2 * 4, 15, q);
    UNROLL for (int i = 0; i < 8; i++) v[i] = float(E2M1_DOUBLED[q[i]]) * scale;
  }
};

GATHER_ROWS(gather_rows_nvfp4, Nvfp4)
MATVEC(matvec_nvfp4, Nvfp4, 1)
MATVEC(matvec4_nvfp4, Nvfp4, 4)
MATVEC(matvec8_nvfp4, Nvfp4, 8)
MATMUL(matmul_nvfp4, Nvfp4)
EXPERT_MATVEC(expert_matvec_nvfp4, Nvfp4)
