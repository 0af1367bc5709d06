#include "weights.h"

/* f16 d; 32 signed bytes: d q. */
struct Q8_0 {
  enum { WHOLE = 1, ELEMENTS = 32, BYTES = 34 };
  DEVICE void eight(GLOBAL const uint8_t *b, GLOBAL const uint16_t *, int part, int, LOCAL float *v) {
    float d = load_half(b);
    GLOBAL const uint8_t *from = b + 2 + part * 8;
    UNROLL for (int i = 0; i < 4; i++) {
      uint two = load16(from + 2 * i);
      v[2 * i] = float(int8_t(two & 255)) * d;
      v[2 * i + 1] = float(int8_t(two >> 8)) * d;
    }
  }
};

GATHER_ROWS(gather_rows_q8_0, Q8_0)
MATVEC(matvec_q8_0, Q8_0, 1)
MATVEC(matvec4_q8_0, Q8_0, 4)
MATVEC(matvec8_q8_0, Q8_0, 8)
MATMUL(matmul_q8_0, Q8_0)
EXPERT_MATVEC(expert_matvec_q8_0, Q8_0)
MATMUL_MMA(matmul_mma_q8_0, Q8_0)
MATMUL_SIMD(matmul_simd_q8_0, Q8_0)
