/*
 * What NEON adds to simd.h (every arm64 processor has it); with DOT_PRODUCT also the dot products,
 * with MATRIX_PRODUCT the products of small matrices of Armv8.2's extensions.
 */
#define LANES 4
#include "../simd.h"
#include <arm_neon.h>

/* Vectors of rows and columns of X in registers at once: 24 of 32 are sums. */
#define COLUMNS 6
#define ROW_VECTORS 2

/* The same for products in single precision. */
#define PRODUCT_ROWS 6
#define PRODUCT_VECTORS 4

INLINE floats fused(floats a, floats b, floats c) {
  return (floats)vfmaq_f32((float32x4_t)c, (float32x4_t)a, (float32x4_t)b);
}

INLINE floats square_root(floats x) { return (floats)vsqrtq_f32((float32x4_t)x); }

INLINE floats from_halves(const void *at) {
  return (floats)vcvt_f32_f16(vreinterpret_f16_u8(vld1_u8(at)));
}

INLINE void to_halves(void *at, floats x) {
  vst1_u8(at, vreinterpret_u8_f16(vcvt_f16_f32((float32x4_t)x)));
}

/* LANES bytes with sign. */
INLINE ints from_bytes(const void *at) {
  int32_t four;
  memcpy(&four, at, 4);
  int8x8_t bytes = vreinterpret_s8_s32(vdup_n_s32(four));
  return (ints)vmovl_s16(vget_low_s16(vmovl_s8(bytes)));
}

/* The lanes, which a byte with sign can hold. */
INLINE void to_bytes(void *at, ints x) {
  int16x4_t words = vmovn_s32((int32x4_t)x);
  int8x8_t bytes = vmovn_s16(vcombine_s16(words, words));
  int32_t four = vget_lane_s32(vreinterpret_s32_s8(bytes), 0);
  memcpy(at, &four, 4);
}

/* Bytes of a table of 16 by the bytes of x, which are below 16. */
INLINE ints lookup(const int8_t *table, ints x) {
  return (ints)vqtbl1q_s8(vld1q_s8(table), (uint8x16_t)x);
}

/* Each lane: the sum of two products of 16 bits. */
INLINE ints pairs(ints a, ints b) {
  int16x8_t x = (int16x8_t)a;
  int16x8_t y = (int16x8_t)b;
  int32x4_t low = vmull_s16(vget_low_s16(x), vget_low_s16(y));
  return (ints)vpaddq_s32(low, vmull_high_s16(x, y));
}

/* sum plus, in each lane, four products of bytes with sign. */
INLINE ints wide_dot(ints sum, ints w, ints x) {
  int8x16_t a = (int8x16_t)w;
  int8x16_t b = (int8x16_t)x;
#if defined(DOT_PRODUCT)
  return (ints)vdotq_s32((int32x4_t)sum, a, b);
#else
  /* Activations are at most 127, and two products of at most 128 * 127 fit in 16 bits. */
  int16x8_t low = vmull_s8(vget_low_s8(a), vget_low_s8(b));
  return (ints)vpadalq_s16((int32x4_t)sum, vpaddq_s16(low, vmull_high_s8(a, b)));
#endif
}

/* The same for w below 128. */
INLINE ints dot(ints sum, ints w, ints x) { return wide_dot(sum, w, x); }

#if defined(MATRIX_PRODUCT)
/* sum plus the square of two rows of eight bytes of w times two of x, all with sign. */
INLINE ints matrix_dot(ints sum, ints w, ints x) {
  return (ints)vmmlaq_s32((int32x4_t)sum, (int8x16_t)w, (int8x16_t)x);
}

INLINE ints first_pairs(ints a, ints b) { return (ints)vzip1q_s32((int32x4_t)a, (int32x4_t)b); }
INLINE ints last_pairs(ints a, ints b) { return (ints)vzip2q_s32((int32x4_t)a, (int32x4_t)b); }

/* The lanes of even or of odd number of a, then of b. */
INLINE ints every_other(int odd, ints a, ints b) {
  int32x4_t x = (int32x4_t)a;
  int32x4_t y = (int32x4_t)b;
  return (ints)(odd ? vuzp2q_s32(x, y) : vuzp1q_s32(x, y));
}

INLINE ints two_rows(const int8_t *first, const int8_t *second) {
  return (ints)vcombine_s8(vld1_s8(first), vld1_s8(second));
}
#endif
