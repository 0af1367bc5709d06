#include "weights.h"

/* IEEE binary16. */
struct F16 {
  enum { WHOLE = 0, ELEMENTS = 8, BYTES = 16 };
  DEVICE void eight(GLOBAL const uint8_t *b, GLOBAL const uint16_t *, int, int count, LOCAL float *v) {
    GLOBAL const half *from = (GLOBAL const half *)b;
    UNROLL for (int i = 0; i < 8; i++) {
      v[i] = 0.0f;
      if (INSIDE(i < count)) v[i] = float(from[i]);
    }
  }
};

GATHER_ROWS(gather_rows_f16, F16)
MATVEC(matvec_f16, F16, 1)
MATVEC(matvec4_f16, F16, 4)
MATVEC(matvec8_f16, F16, 8)
MATMUL(matmul_f16, F16)
EXPERT_MATVEC(expert_matvec_f16, F16)
MATMUL_MMA(matmul_mma_f16, F16)
MATMUL_SIMD(matmul_simd_f16, F16)
