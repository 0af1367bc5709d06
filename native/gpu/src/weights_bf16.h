#include "weights.h"

/* The upper half of an F32. */
struct Bf16 {
  enum { WHOLE = 0, ELEMENTS = 8, BYTES = 16 };
  DEVICE void eight(GLOBAL const uint8_t *b, GLOBAL const uint16_t *, int, int count, LOCAL float *v) {
    GLOBAL const uint16_t *from = (GLOBAL const uint16_t *)b;
    UNROLL for (int i = 0; i < 8; i++) {
      v[i] = 0.0f;
      if (INSIDE(i < count)) v[i] = bits_float(uint(from[i]) << 16);
    }
  }
};

GATHER_ROWS(gather_rows_bf16, Bf16)
MATVEC(matvec_bf16, Bf16, 1)
MATVEC(matvec4_bf16, Bf16, 4)
MATVEC(matvec8_bf16, Bf16, 8)
MATMUL(matmul_bf16, Bf16)
EXPERT_MATVEC(expert_matvec_bf16, Bf16)
MATMUL_MMA(matmul_mma_bf16, Bf16)
MATMUL_SIMD(matmul_simd_bf16, Bf16)
