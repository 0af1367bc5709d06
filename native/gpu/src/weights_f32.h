#include "weights.h"

/* Plain floats. */
struct F32 {
  enum { WHOLE = 0, ELEMENTS = 8, BYTES = 32 };
  DEVICE void eight(GLOBAL const uint8_t *b, GLOBAL const uint16_t *, int, int count, LOCAL float *v) {
    GLOBAL const float *from = (GLOBAL const float *)b;
    UNROLL for (int i = 0; i < 8; i++) {
      v[i] = 0.0f;
      if (INSIDE(i < count)) v[i] = from[i];
    }
  }
};

GATHER_ROWS(gather_rows_f32, F32)
MATVEC(matvec_f32, F32, 1)
MATVEC(matvec4_f32, F32, 4)
MATVEC(matvec8_f32, F32, 8)
MATMUL(matmul_f32, F32)
EXPERT_MATVEC(expert_matvec_f32, F32)
MATMUL_SIMD(matmul_simd_f32, F32)
