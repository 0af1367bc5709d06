/*
 * The IQ formats below four bits: indices of points of a lattice, of eight or four columns each. Fields
 * become codes: which magnitude, and above it the sign.
 */
#ifndef GATUN_LATTICE_H
#define GATUN_LATTICE_H

#include "block.h"

/* Two bytes a point, the first column in the lowest bits; CMakeLists.txt makes the list. */
static const uint16_t POINTS[] = {
#include "lattice_points.inc"
};

/* The first point of each lattice. */
#define POINTS_IQ2_XXS 0
#define POINTS_IQ2_XS 256
#define POINTS_IQ2_S 768
#define POINTS_IQ3_XXS 1792
#define POINTS_IQ3_S 2048
#define POINTS_IQ1 2560

/* Eight columns of two bits and a sign. */
EACH void put_eight(int point, int signs, uint8_t *to) {
  for (int i = 0; i < 8; i++) {
    to[i] = (uint8_t)((POINTS[point] >> 2 * i & 3) | (signs >> i & 1) << 2);
  }
}

/* Four columns of three bits and a sign. */
EACH void put_four(int point, int signs, uint8_t *to) {
  for (int i = 0; i < 4; i++) {
    to[i] = (uint8_t)((POINTS[point] >> 3 * i & 7) | (signs >> i & 1) << 3);
  }
}

/* Seven signs are stored; the eighth makes the number of negative ones even. */
EACH int even_signs(uint32_t stored) {
  uint32_t parity = stored ^ stored >> 4;
  parity ^= parity >> 2;
  parity ^= parity >> 1;
  return (int)(stored | (parity & 1) << 7);
}

/* Scales are odd: twice what is stored, and one. */
EACH uint8_t odd(uint32_t stored) { return (uint8_t)(2 * stored + 1); }

/* The low half of a byte, or the high one. */
EACH int nibble(const uint8_t *from, int index) { return from[index / 2] >> index % 2 * 4 & 15; }

/* What looks like a sign here is the direction of the shift. */
EACH void read_iq1_s(const uint8_t *from, block *to) {
  for (int g = 0; g < 32; g++) {
    int word = half_at(from + 34 + g / 4 * 2);
    int index = from[2 + g] | (word >> g % 4 * 3 & 7) << 8;
    to->small[0][g / 4] = odd(word >> 12 & 7);
    put_eight(POINTS_IQ1 + index, word & 0x8000 ? 255 : 0, to->fields + 8 * g);
  }
}

/* The block's scale is scattered over the tops of four words of scales. */
EACH void read_iq1_m(const uint8_t *from, block *to) {
  to->scale = 0;
  for (int i = 0; i < 4; i++) {
    to->scale |= (uint16_t)(half_at(from + 48 + 2 * i) >> 12 << 4 * i);
  }
  for (int g = 0; g < 32; g++) {
    int high = nibble(from + 32, g);
    int index = from[g] | (high & 7) << 8;
    to->small[0][g / 2] = odd(half_at(from + 48 + g / 8 * 2) >> g / 2 % 4 * 3 & 7);
    put_eight(POINTS_IQ1 + index, high & 8 ? 255 : 0, to->fields + 8 * g);
  }
}

EACH void read_iq2_xxs(const uint8_t *from, block *to) {
  for (int i = 0; i < 8; i++) {
    const uint8_t *part = from + 2 + 8 * i;
    uint32_t word = word_at(part + 4);
    to->small[0][i] = odd(word >> 28);
    for (int g = 0; g < 4; g++) {
      int signs = even_signs(word >> 7 * g & 127);
      put_eight(POINTS_IQ2_XXS + part[g], signs, to->fields + 32 * i + 8 * g);
    }
  }
}

EACH void read_iq2_xs(const uint8_t *from, block *to) {
  for (int g = 0; g < 32; g++) {
    uint32_t word = half_at(from + 2 + 2 * g);
    to->small[0][g / 2] = odd((uint32_t)nibble(from + 66, g / 2));
    put_eight(POINTS_IQ2_XS + (word & 511), even_signs(word >> 9), to->fields + 8 * g);
  }
}

EACH void read_iq2_s(const uint8_t *from, block *to) {
  for (int g = 0; g < 32; g++) {
    int index = from[2 + g] | (from[66 + g / 4] >> g % 4 * 2 & 3) << 8;
    to->small[0][g / 2] = odd((uint32_t)nibble(from + 74, g / 2));
    put_eight(POINTS_IQ2_S + index, from[34 + g], to->fields + 8 * g);
  }
}

EACH void read_iq3_xxs(const uint8_t *from, block *to) {
  for (int i = 0; i < 8; i++) {
    uint32_t word = word_at(from + 66 + 4 * i);
    to->small[0][i] = odd(word >> 28);
    for (int g = 0; g < 8; g++) {
      int signs = even_signs(word >> g / 2 * 7 & 127) >> g % 2 * 4;
      put_four(POINTS_IQ3_XXS + from[2 + 8 * i + g], signs, to->fields + 32 * i + 4 * g);
    }
  }
}

EACH void read_iq3_s(const uint8_t *from, block *to) {
  for (int g = 0; g < 64; g++) {
    int index = from[2 + g] | (from[66 + g / 8] >> g % 8 & 1) << 8;
    to->small[0][g / 8] = odd((uint32_t)nibble(from + 106, g / 8));
    put_four(POINTS_IQ3_S + index, nibble(from + 74, g), to->fields + 4 * g);
  }
}

#endif
