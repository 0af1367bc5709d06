/* What AVX-512 adds to simd.h; with DOT_VNNI and DOT_BF16 also its dot products. */
#define LANES 16
#include <immintrin.h>
#define LARGER(a, b) (floats) _mm512_max_ps((__m512)(a), (__m512)(b))
#define SMALLER(a, b) (floats) _mm512_min_ps((__m512)(a), (__m512)(b))
#define LARGER_INTS(a, b) (ints) _mm512_max_epi32((__m512i)(a), (__m512i)(b))
#define SMALLER_INTS(a, b) (ints) _mm512_min_epi32((__m512i)(a), (__m512i)(b))
#include "../simd.h"

/* Vectors of rows and columns of X in registers at once: 24 of 32 are sums. */
#define COLUMNS 6
#define ROW_VECTORS 2

/* The same for products in single precision. */
#define PRODUCT_ROWS 6
#define PRODUCT_VECTORS 4

INLINE floats fused(floats a, floats b, floats c) {
  return (floats)_mm512_fmadd_ps((__m512)a, (__m512)b, (__m512)c);
}

INLINE floats square_root(floats x) { return (floats)_mm512_sqrt_ps((__m512)x); }

INLINE floats from_halves(const void *at) {
  return (floats)_mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)at));
}

INLINE void to_halves(void *at, floats x) {
  _mm256_storeu_si256((__m256i *)at, _mm512_cvtps_ph((__m512)x, 0));
}

/* LANES bytes with sign. */
INLINE ints from_bytes(const void *at) {
  return (ints)_mm512_cvtepi8_epi32(_mm_loadu_si128((const __m128i *)at));
}

/* The lanes, which a byte with sign can hold. */
INLINE void to_bytes(void *at, ints x) {
  _mm_storeu_si128((__m128i *)at, _mm512_cvtepi32_epi8((__m512i)x));
}

/* Bytes of a table of 16 by the bytes of x, which are below 16. */
INLINE ints lookup(const int8_t *table, ints x) {
  __m512i all = _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)table));
  return (ints)_mm512_shuffle_epi8(all, (__m512i)x);
}

/* Each lane: the sum of two products of 16 bits. */
INLINE ints pairs(ints a, ints b) { return (ints)_mm512_madd_epi16((__m512i)a, (__m512i)b); }

#if !defined(DOT_VNNI)
/* Each lane: two sums, of 16 bits, of two products of bytes: w without sign, x with sign. */
#define SHORT_PRODUCTS
INLINE ints short_products(ints w, ints x) {
  return (ints)_mm512_maddubs_epi16((__m512i)w, (__m512i)x);
}
#endif

/* sum plus, in each lane, four products of bytes: w below 128 without sign, x with sign. */
INLINE ints dot(ints sum, ints w, ints x) {
#if defined(DOT_VNNI)
  return (ints)_mm512_dpbusd_epi32((__m512i)sum, (__m512i)w, (__m512i)x);
#else
  return sum + pairs(short_products(w, x), spread_int(0x10001));
#endif
}

/* The same with w of 8 bits, as wide_fields made it. */
INLINE ints wide_dot(ints sum, ints w, ints x) {
#if defined(DOT_VNNI)
  return dot(sum, w, x);
#else
  /* |w| is at most 128, and two products of at most 128 * 127 fit in 16 bits. */
  __mmask64 sign = _mm512_movepi8_mask((__m512i)w);
  __m512i turned = _mm512_mask_sub_epi8((__m512i)x, sign, _mm512_setzero_si512(), (__m512i)x);
  return dot(sum, (ints)_mm512_abs_epi8((__m512i)w), (ints)turned);
#endif
}

#if defined(SHORT_PRODUCTS)
/* The same where no w is -128: signs go to w, and what is done to x is done once for all vectors. */
INLINE ints even_dot(ints sum, ints w, ints x) {
  __mmask64 sign = _mm512_movepi8_mask((__m512i)x);
  __m512i turned = _mm512_mask_sub_epi8((__m512i)w, sign, _mm512_setzero_si512(), (__m512i)w);
  return dot(sum, (ints)_mm512_abs_epi8((__m512i)x), (ints)turned);
}
#endif

#if defined(DOT_BF16)
/* sum plus, in each lane, two products of bfloat16; subnormal numbers count as zero. */
INLINE floats brain_dot(floats sum, floats w, floats x) {
  return (floats)_mm512_dpbf16_ps((__m512)sum, (__m512bh)w, (__m512bh)x);
}
#endif
