/* What AVX2 with FMA and F16C adds to simd.h; with DOT_VNNI also AVX-VNNI's dot products. */
#define LANES 8
#include <immintrin.h>
#define LARGER(a, b) (floats) _mm256_max_ps((__m256)(a), (__m256)(b))
#define SMALLER(a, b) (floats) _mm256_min_ps((__m256)(a), (__m256)(b))
#define LARGER_INTS(a, b) (ints) _mm256_max_epi32((__m256i)(a), (__m256i)(b))
#define SMALLER_INTS(a, b) (ints) _mm256_min_epi32((__m256i)(a), (__m256i)(b))
#include "../simd.h"

/*
 * Vectors of rows and columns of X at once: sums of products in registers, those of blocks in the
 * first cache. Without dot products their terms take registers, too.
 */
#if defined(DOT_VNNI)
#define COLUMNS 6
#else
#define COLUMNS 4
#endif
#define ROW_VECTORS 2

/* A panel pays sooner than with twice the registers. */
#define FEW 8

/* The same for products in single precision. */
#define PRODUCT_ROWS 6
#define PRODUCT_VECTORS 2

INLINE floats fused(floats a, floats b, floats c) {
  return (floats)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c);
}

INLINE floats square_root(floats x) { return (floats)_mm256_sqrt_ps((__m256)x); }

INLINE floats from_halves(const void *at) {
  return (floats)_mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)at));
}

INLINE void to_halves(void *at, floats x) {
  _mm_storeu_si128((__m128i *)at, _mm256_cvtps_ph((__m256)x, 0));
}

/* LANES bytes with sign. */
INLINE ints from_bytes(const void *at) {
  return (ints)_mm256_cvtepi8_epi32(_mm_loadl_epi64((const __m128i *)at));
}

/* The lanes, which a byte with sign can hold. */
INLINE void to_bytes(void *at, ints x) {
  __m256i pairs = _mm256_packs_epi32((__m256i)x, (__m256i)x);
  __m128i words = _mm256_castsi256_si128(_mm256_permute4x64_epi64(pairs, 8));
  _mm_storel_epi64((__m128i *)at, _mm_packs_epi16(words, words));
}

/* Bytes of a table of 16 by the bytes of x, which are below 16. */
INLINE ints lookup(const int8_t *table, ints x) {
  __m256i all = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)table));
  return (ints)_mm256_shuffle_epi8(all, (__m256i)x);
}

/* Each lane: the sum of two products of 16 bits. */
INLINE ints pairs(ints a, ints b) { return (ints)_mm256_madd_epi16((__m256i)a, (__m256i)b); }

#if !defined(DOT_VNNI)
/* Each lane: two sums, of 16 bits, of two products of bytes: w without sign, x with sign. */
#define SHORT_PRODUCTS
INLINE ints short_products(ints w, ints x) {
  return (ints)_mm256_maddubs_epi16((__m256i)w, (__m256i)x);
}
#endif

/* sum plus, in each lane, four products of bytes: w below 128 without sign, x with sign. */
INLINE ints dot(ints sum, ints w, ints x) {
#if defined(DOT_VNNI)
  return (ints)_mm256_dpbusd_avx_epi32((__m256i)sum, (__m256i)w, (__m256i)x);
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
  __m256i turned = _mm256_sign_epi8((__m256i)x, (__m256i)w);
  return dot(sum, (ints)_mm256_abs_epi8((__m256i)w), (ints)turned);
#endif
}

#if defined(SHORT_PRODUCTS)
/* The same where no w is -128: signs go to w, and what is done to x is done once for all vectors. */
INLINE ints even_dot(ints sum, ints w, ints x) {
  __m256i turned = _mm256_sign_epi8((__m256i)w, (__m256i)x);
  return dot(sum, (ints)_mm256_abs_epi8((__m256i)x), (ints)turned);
}
#endif
