/* Where things lie in packed tiles, quantized rows and panels. */
#ifndef GATUN_LAYOUT_H
#define GATUN_LAYOUT_H

#include "gatun_cpu.h"
#include <stdint.h>

#define ROWS GATUN_CPU_TILE_ROWS
#define BLOCK GATUN_CPU_BLOCK

/* Fields of four columns of all rows of a tile. */
#define GROUP_BYTES (4 * ROWS)

#define SCALES_BYTES (2 * ROWS)
#define NIBBLES_BYTES (BLOCK / 2 * ROWS)
#define FIELDS_BYTES (BLOCK * ROWS)

#define Q4_0_BYTES (SCALES_BYTES + NIBBLES_BYTES)
#define Q4_1_BYTES (2 * SCALES_BYTES + NIBBLES_BYTES)
#define Q8_0_BYTES (SCALES_BYTES + FIELDS_BYTES)

/* A block of a panel: fields a byte each, scales and minima in single precision. */
#define PANEL_SCALES FIELDS_BYTES
#define PANEL_MINIMA (FIELDS_BYTES + 4 * ROWS)
#define PANEL_BYTES (FIELDS_BYTES + 8 * ROWS)

/* A block of quantized activations. */
typedef struct {
  float scale;
  /* scale times the sum of the fields */
  float sum;
  /* sums of the first and of the last 16 fields */
  int16_t sums[2];
  int8_t fields[BLOCK];
} activations;

static inline int64_t block_bytes(int64_t format) {
  return format == GATUN_CPU_Q4_0 ? Q4_0_BYTES : format == GATUN_CPU_Q4_1 ? Q4_1_BYTES : Q8_0_BYTES;
}

/* Bytes of a row of activations. */
static inline int64_t row_bytes(int64_t k) {
  return (k / BLOCK * (int64_t)sizeof(activations) + 63) / 64 * 64;
}

#endif
