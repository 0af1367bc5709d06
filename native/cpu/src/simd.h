/*
 * Vectors of the width that the including file has chosen by LANES, on the vector types of GCC and
 * Clang: the same source for every instruction set. What those types lack (dot products of bytes,
 * conversions of halves) comes from the file of the set.
 */
#ifndef GATUN_SIMD_H
#define GATUN_SIMD_H

#include <stdint.h>
#include <string.h>

#define INLINE static inline __attribute__((always_inline))
#define WIDTH (4 * LANES)

typedef float floats __attribute__((vector_size(WIDTH)));
typedef int32_t ints __attribute__((vector_size(WIDTH)));
typedef int16_t shorts __attribute__((vector_size(WIDTH)));
typedef uint32_t words __attribute__((vector_size(WIDTH)));
typedef float loose_floats __attribute__((vector_size(WIDTH), aligned(1), may_alias));
typedef int32_t loose_ints __attribute__((vector_size(WIDTH), aligned(1), may_alias));

/*
 * Distances at which streams are fetched ahead: of what is asked for part by part, and of what is
 * asked for line by line, as it is read. Processors fetch ahead by themselves, but not beyond a page
 * and less well the more bytes lie between two reads; too far ahead hinders them (README.md, "What
 * is fetched ahead").
 */
#if LANES == 8
#define AHEAD 1536
#define LINES_AHEAD 768
#else
#define AHEAD 4096
#define LINES_AHEAD 4096
#endif

INLINE void prefetch(const uint8_t *at, int64_t ahead, int64_t bytes) {
#pragma GCC unroll 24
  for (int64_t i = 0; i < bytes; i += 64) {
    __builtin_prefetch(at + ahead + i);
  }
}

INLINE int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

INLINE floats load(const void *at) { return (floats) * (const loose_floats *)at; }
INLINE void store(void *at, floats x) { *(loose_floats *)at = (loose_floats)x; }
INLINE ints load_ints(const void *at) { return (ints) * (const loose_ints *)at; }
INLINE void store_ints(void *at, ints x) { *(loose_ints *)at = (loose_ints)x; }

INLINE floats spread(float x) { return x - (floats){0}; }
INLINE ints spread_int(int32_t x) { return x - (ints){0}; }

INLINE ints spread_at(const void *at) {
  int32_t x;
  memcpy(&x, at, 4);
  return spread_int(x);
}

INLINE floats bits_to_floats(ints x) { return (floats)x; }
INLINE ints floats_to_bits(floats x) { return (ints)x; }
INLINE floats to_floats(ints x) { return __builtin_convertvector(x, floats); }

/* a where the mask is set, b elsewhere. */
INLINE floats choose(ints mask, floats a, floats b) {
  return (floats)((mask & (ints)a) | (~mask & (ints)b));
}

/* The larger; b when a is not a number. An instruction on some processors. */
#ifndef LARGER
#define LARGER(a, b) choose((a) > (b), a, b)
#define SMALLER(a, b) choose((a) < (b), a, b)
#endif
INLINE floats larger(floats a, floats b) { return LARGER(a, b); }
INLINE floats smaller(floats a, floats b) { return SMALLER(a, b); }

#ifndef LARGER_INTS
#define LARGER_INTS(a, b) (((a) > (b)) & (a)) | (~((a) > (b)) & (b))
#endif
INLINE ints larger_ints(ints a, ints b) { return LARGER_INTS(a, b); }

/* The lanes in another order. */
#if defined(__clang__)
#define REORDER(x, ...) __builtin_shufflevector(x, x, __VA_ARGS__)
#else
#define REORDER(x, ...) __builtin_shuffle(x, (ints){__VA_ARGS__})
#endif

/* The lanes of even number of a, then of b. */
#if LANES == 16
#define EVEN 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30
#elif LANES == 8
#define EVEN 0, 2, 4, 6, 8, 10, 12, 14
#else
#define EVEN 0, 2, 4, 6
#endif
INLINE floats every_second(floats a, floats b) {
#if defined(__clang__)
  return __builtin_shufflevector(a, b, EVEN);
#else
  return __builtin_shuffle(a, b, (ints){EVEN});
#endif
}

/* Folds the lanes in halves: y(x, x with its halves, quarters, ... exchanged). */
#if LANES == 16
#define FOLD(x, y)                                                                                 \
  x = y(x, REORDER(x, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7));                      \
  x = y(x, REORDER(x, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11));                      \
  x = y(x, REORDER(x, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13));                      \
  x = y(x, REORDER(x, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14))
#elif LANES == 8
#define FOLD(x, y)                                                                                 \
  x = y(x, REORDER(x, 4, 5, 6, 7, 0, 1, 2, 3));                                                    \
  x = y(x, REORDER(x, 2, 3, 0, 1, 6, 7, 4, 5));                                                    \
  x = y(x, REORDER(x, 1, 0, 3, 2, 5, 4, 7, 6))
#else
#define FOLD(x, y)                                                                                 \
  x = y(x, REORDER(x, 2, 3, 0, 1));                                                                \
  x = y(x, REORDER(x, 1, 0, 3, 2))
#endif

INLINE floats plus(floats a, floats b) { return a + b; }

INLINE float sum_of(floats x) {
  FOLD(x, plus);
  return x[0];
}

INLINE float largest_of(floats x) {
  FOLD(x, larger);
  return x[0];
}

INLINE ints plus_ints(ints a, ints b) { return a + b; }

INLINE int32_t sum_of_ints(ints x) {
  FOLD(x, plus_ints);
  return x[0];
}

INLINE int32_t largest_int_of(ints x) {
  FOLD(x, larger_ints);
  return x[0];
}

/* The first `count` lanes from memory, the others zero. */
INLINE floats load_part(const float *at, int64_t count) {
  float parts[LANES] = {0};
  memcpy(parts, at, (size_t)(4 * count));
  return load(parts);
}

INLINE void store_part(float *at, floats x, int64_t count) {
  float parts[LANES];
  store(parts, x);
  memcpy(at, parts, (size_t)(4 * count));
}

#endif
