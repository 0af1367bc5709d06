/* simd.h on any processor: what the others take from instructions is written out. */
#define LANES 4
#include "../simd.h"
#include <math.h>

#define COLUMNS 2
#define ROW_VECTORS 2

/* Rounded twice where the processor has no such instruction, or the compiler may not use it. */
INLINE floats fused(floats a, floats b, floats c) { return a * b + c; }

INLINE floats square_root(floats x) {
  for (int i = 0; i < LANES; i++) {
    x[i] = sqrtf(x[i]);
  }
  return x;
}

/* IEEE 754-2019, binary16: subnormals are scaled, not normalized by hand. */
INLINE float from_half(uint16_t half) {
  uint32_t magnitude = half & 0x7fffu;
  uint32_t bits = magnitude << 13;
  if (magnitude >= 0x7c00) {
    bits += 0x70000000u;
  }
  float x;
  memcpy(&x, &bits, 4);
  /* Infinity and NaN stay what they are. */
  x = magnitude >= 0x7c00 ? x : x * 0x1p112f;
  return half & 0x8000 ? -x : x;
}

INLINE uint16_t to_half(float x) {
  uint32_t bits;
  memcpy(&bits, &x, 4);
  uint32_t sign = bits >> 16 & 0x8000;
  uint32_t magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) {
    return (uint16_t)(sign | 0x7e00 | (magnitude >> 13 & 0x1ff));
  }
  if (magnitude >= 0x477ff000) {
    return (uint16_t)(sign | 0x7c00);
  }
  if (magnitude < 0x38800000) {
    /* Adding 0.5 leaves the subnormal's bits, rounded, at the end. */
    float y;
    memcpy(&y, &magnitude, 4);
    y += 0.5f;
    memcpy(&bits, &y, 4);
    return (uint16_t)(sign | (bits - 0x3f000000));
  }
  magnitude += 0xfff + (magnitude >> 13 & 1);
  return (uint16_t)(sign | (magnitude - 0x38000000) >> 13);
}

INLINE floats from_halves(const void *at) {
  uint16_t halves[LANES];
  memcpy(halves, at, sizeof halves);
  floats x = {0};
  for (int i = 0; i < LANES; i++) {
    x[i] = from_half(halves[i]);
  }
  return x;
}

INLINE void to_halves(void *at, floats x) {
  uint16_t halves[LANES];
  for (int i = 0; i < LANES; i++) {
    halves[i] = to_half(x[i]);
  }
  memcpy(at, halves, sizeof halves);
}

/* LANES bytes with sign. */
INLINE ints from_bytes(const void *at) {
  ints x = {0};
  for (int i = 0; i < LANES; i++) {
    x[i] = ((const int8_t *)at)[i];
  }
  return x;
}

/* The lanes, which a byte with sign can hold. */
INLINE void to_bytes(void *at, ints x) {
  for (int i = 0; i < LANES; i++) {
    ((int8_t *)at)[i] = (int8_t)x[i];
  }
}

/* Bytes of a table of 16 by the bytes of x, which are below 16. */
INLINE ints lookup(const int8_t *table, ints x) {
  int8_t from[WIDTH], to[WIDTH];
  memcpy(from, &x, sizeof from);
  for (int i = 0; i < WIDTH; i++) {
    to[i] = table[from[i]];
  }
  return load_ints(to);
}

/* Each lane: the sum of two products of 16 bits. */
INLINE ints pairs(ints a, ints b) {
  ints low = ((a << 16) >> 16) * ((b << 16) >> 16);
  return low + (a >> 16) * (b >> 16);
}

/* sum plus, in each lane, four products of bytes with sign. */
INLINE ints wide_dot(ints sum, ints w, ints x) {
  for (int shift = 24; shift >= 0; shift -= 8) {
    sum += ((w << shift) >> 24) * ((x << shift) >> 24);
  }
  return sum;
}

/* The same for w below 128. */
INLINE ints dot(ints sum, ints w, ints x) { return wide_dot(sum, w, x); }
