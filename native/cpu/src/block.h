/* A block of weights as the file has it, less its packing. */
#ifndef GATUN_BLOCK_H
#define GATUN_BLOCK_H

#include "layout.h"
#include <string.h>

/* The most columns of a block, and the most small scales. */
#define MOST 256
#define SMALL 16

typedef struct {
  /* halves */
  uint16_t scale;
  uint16_t minimum;
  /* small scales, small minima */
  uint8_t small[2][SMALL];
  uint8_t fields[MOST];
} block;

#define EACH static inline __attribute__((always_inline))

EACH uint16_t half_at(const uint8_t *from) {
  uint16_t x;
  memcpy(&x, from, 2);
  return x;
}

EACH uint32_t word_at(const uint8_t *from) {
  uint32_t x;
  memcpy(&x, from, 4);
  return x;
}

#endif
