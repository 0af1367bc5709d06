/* Where things lie in packed tiles, quantized rows and panels. */
#ifndef GATUN_LAYOUT_H
#define GATUN_LAYOUT_H

#include "gatun_cpu.h"
#include <stdint.h>

#define ROWS GATUN_CPU_TILE_ROWS
#define BLOCK GATUN_CPU_BLOCK

/* Fields of four columns of all rows of a tile, a byte each; what else has four bytes per row. */
#define GROUP_BYTES (4 * ROWS)
#define GROUPS (BLOCK / 4)

/* A half, and a byte, for each row of a tile. */
#define HALVES_BYTES (2 * ROWS)
#define SMALL_BYTES ROWS

#define FIELDS_BYTES (BLOCK * ROWS)

/*
 * What a format of weights consists of. A weight is scale * (field - zero) or, with minima, scale *
 * field + minimum; fields that are codes stand for the numbers of a table.
 */
typedef struct {
  /* columns and bytes of a block of the file */
  int16_t columns;
  int16_t stored;
  /* bits of a field; the high ones are packed apart from the low ones */
  int8_t low;
  int8_t high;
  int8_t zero;
  int8_t minima;
  /* scales, and minima, per 32 columns */
  int8_t parts;
  /* bytes of small scales and minima per part: they are factors of those of the block */
  int8_t small;
  /* whether fields are codes, and of a table with values of 7 or of 8 bits; which table */
  int8_t coded;
  int8_t table;
  /* what small scales are */
  int8_t scales;
  /* a power of two: weights of the block's scale, in its parts */
  int8_t divisor;
} shape;

#define NARROW 1
#define WIDE 2

/* Tables of codes. */
#define IQ4 0
#define E2M1 1
#define IQ1 2
#define IQ2 3
#define IQ3_XXS 4
#define IQ3_S 5

/* Integers, or scales by themselves: exponents, or numbers of 7 bits; blocks then have none. */
#define INTEGERS 0
#define E8M0 1
#define UE4M3 2

/* By GATUN_CPU_Q4_0 and so on; formats without fields are elsewhere. */
static const shape SHAPES[] = {
    [GATUN_CPU_Q4_0] = {32, 18, 4, 0, 8, 0, 1, 0, 0, 0, INTEGERS, 1},
    [GATUN_CPU_Q4_1] = {32, 20, 4, 0, 0, 1, 1, 0, 0, 0, INTEGERS, 1},
    [GATUN_CPU_Q8_0] = {32, 34, 8, 0, 0, 0, 1, 0, 0, 0, INTEGERS, 1},
    [GATUN_CPU_Q5_0] = {32, 22, 4, 1, 16, 0, 1, 0, 0, 0, INTEGERS, 1},
    [GATUN_CPU_Q5_1] = {32, 24, 4, 1, 0, 1, 1, 0, 0, 0, INTEGERS, 1},
    [GATUN_CPU_Q2_K] = {256, 84, 2, 0, 0, 1, 2, 1, 0, 0, INTEGERS, 1},
    [GATUN_CPU_Q3_K] = {256, 110, 2, 1, 4, 0, 2, 1, 0, 0, INTEGERS, 1},
    [GATUN_CPU_Q4_K] = {256, 144, 4, 0, 0, 1, 1, 2, 0, 0, INTEGERS, 1},
    [GATUN_CPU_Q5_K] = {256, 176, 4, 1, 0, 1, 1, 2, 0, 0, INTEGERS, 1},
    [GATUN_CPU_Q6_K] = {256, 210, 4, 2, 32, 0, 2, 1, 0, 0, INTEGERS, 1},
    [GATUN_CPU_IQ4_NL] = {32, 18, 4, 0, 0, 0, 1, 0, WIDE, IQ4, INTEGERS, 1},
    [GATUN_CPU_IQ4_XS] = {256, 136, 4, 0, 0, 0, 1, 1, WIDE, IQ4, INTEGERS, 1},
    [GATUN_CPU_MXFP4] = {32, 17, 4, 0, 12, 0, 1, 1, NARROW, E2M1, E8M0, 1},
    [GATUN_CPU_NVFP4] = {64, 36, 4, 0, 12, 0, 2, 1, NARROW, E2M1, UE4M3, 1},
    [GATUN_CPU_Q1_0] = {128, 18, 2, 0, 1, 0, 1, 0, 0, 0, INTEGERS, 1},
    [GATUN_CPU_Q2_0] = {64, 18, 2, 0, 1, 0, 1, 0, 0, 0, INTEGERS, 1},
    [GATUN_CPU_TQ1_0] = {256, 54, 2, 0, 1, 0, 1, 0, 0, 0, INTEGERS, 1},
    [GATUN_CPU_TQ2_0] = {256, 66, 2, 0, 1, 0, 1, 0, 0, 0, INTEGERS, 1},
    [GATUN_CPU_IQ1_S] = {256, 50, 2, 1, 9, 0, 1, 1, NARROW, IQ1, INTEGERS, 8},
    [GATUN_CPU_IQ1_M] = {256, 56, 2, 1, 9, 0, 2, 1, NARROW, IQ1, INTEGERS, 8},
    [GATUN_CPU_IQ2_XXS] = {256, 66, 2, 1, 43, 0, 1, 1, NARROW, IQ2, INTEGERS, 8},
    [GATUN_CPU_IQ2_XS] = {256, 74, 2, 1, 43, 0, 2, 1, NARROW, IQ2, INTEGERS, 8},
    [GATUN_CPU_IQ2_S] = {256, 82, 2, 1, 43, 0, 2, 1, NARROW, IQ2, INTEGERS, 8},
    [GATUN_CPU_IQ3_XXS] = {256, 98, 4, 0, 62, 0, 1, 1, NARROW, IQ3_XXS, INTEGERS, 4},
    [GATUN_CPU_IQ3_S] = {256, 110, 4, 0, 15, 0, 1, 1, NARROW, IQ3_S, INTEGERS, 1},
};

/*
 * A shape like another that serves as a pattern: what distinguishes them may be known only at run
 * time, so that one copy of the code serves all of its kind.
 */
static inline __attribute__((always_inline)) shape alike(shape pattern, shape s) {
  pattern.columns = s.columns;
  pattern.zero = s.zero;
  pattern.table = s.table;
  pattern.divisor = s.divisor;
  return pattern;
}

/* Bytes of halves before the blocks of 32 that share them. */
static inline int64_t head_bytes(shape s) {
  return s.scales == INTEGERS ? (1 + s.minima) * HALVES_BYTES : 0;
}

/* Bytes of small scales before the fields of 32 columns. */
static inline int64_t small_bytes(shape s) { return s.parts * s.small * SMALL_BYTES; }

/* Bytes of 32 columns after the head. */
static inline int64_t part_bytes(shape s) {
  return small_bytes(s) + FIELDS_BYTES / 8 * (s.low + s.high);
}

static inline int64_t block_bytes(shape s) {
  return head_bytes(s) + s.columns / BLOCK * part_bytes(s);
}

/* Whether fields need all 8 bits. */
static inline int is_wide(shape s) { return s.low == 8 || s.coded == WIDE; }

/* A block of a panel: fields a byte each, then scales, then minima, in single precision. */
static inline int64_t panel_bytes(int parts, int minima) {
  return FIELDS_BYTES + (1 + minima) * parts * 4 * ROWS;
}

/* A block of a panel of fields of 16 bits, then scales; columns of such a panel at most. */
#define SHORTS_BYTES (2 * FIELDS_BYTES + 4 * ROWS)
#define SHORT_DEPTH 2048

/* A block of quantized activations. */
typedef struct {
  float scale;
  /* scale times the sum of the fields */
  float sum;
  /* sums of the first and of the last 16 fields */
  int16_t sums[2];
  int8_t fields[BLOCK];
} activations;

/* Bytes of a row of activations. */
static inline int64_t row_bytes(int64_t k) {
  return (k / BLOCK * (int64_t)sizeof(activations) + 63) / 64 * 64;
}

static inline int is_float(int64_t format) {
  return format >= GATUN_CPU_F32 && format <= GATUN_CPU_BF16;
}

/* Bytes of a tile of k columns. Of BF16 two columns lie beside each other, row by row. */
static inline int64_t float_tile_bytes(int64_t format, int64_t k) {
  return ROWS * (format == GATUN_CPU_F32 ? 4 * k : format == GATUN_CPU_F16 ? 2 * k : (k + 1) / 2 * 4);
}

/* Columns of a panel of floats. */
#define FLOAT_COLUMNS 512

#endif
