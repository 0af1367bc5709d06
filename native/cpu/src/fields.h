/*
 * Blocks of packed tiles in registers: bytes of fields, scales and minima in single precision. All
 * that differs between block formats is here; with a constant shape the branches go.
 */
#ifndef GATUN_FIELDS_H
#define GATUN_FIELDS_H

#include "layout.h"

#define VECTORS (ROWS / LANES)

#if defined(DOT_VNNI)
/* Fields of 8 bits are multiplied with 128 added. */
#define WIDE_ZERO 128
INLINE ints wide_fields(ints stored) { return stored; }
#else
#define WIDE_ZERO 0
INLINE ints wide_fields(ints stored) { return stored ^ (int32_t)0x80808080; }
#endif

#define CODE(x) (int8_t)(uint8_t)((x) + WIDE_ZERO)

/*
 * What codes stand for; in narrow tables with the format's zero added. E2M1 (OCP Microscaling
 * Formats 1.0) is doubled; IQ1 in eighths: -1, 0, 1, shifted by an eighth up, then down.
 */
static const int8_t CODES[][16] = {
    [IQ4] = {CODE(-127), CODE(-104), CODE(-83), CODE(-65), CODE(-49), CODE(-35), CODE(-22),
             CODE(-10), CODE(1), CODE(13), CODE(25), CODE(38), CODE(53), CODE(69), CODE(89),
             CODE(113)},
    [E2M1] = {12, 13, 14, 15, 16, 18, 20, 24, 12, 11, 10, 9, 8, 6, 4, 0},
    [IQ1] = {9 - 7, 9 + 1, 9 + 9, 0, 9 - 9, 9 - 1, 9 + 7, 0},
    [IQ2] = {43 + 8, 43 + 25, 43 + 43, 0, 43 - 8, 43 - 25, 43 - 43, 0},
    [IQ3_XXS] = {62 + 4, 62 + 12, 62 + 20, 62 + 28, 62 + 36, 62 + 44, 62 + 52, 62 + 62, 62 - 4,
                 62 - 12, 62 - 20, 62 - 28, 62 - 36, 62 - 44, 62 - 52, 62 - 62},
    [IQ3_S] = {16, 18, 20, 22, 24, 26, 28, 30, 14, 12, 10, 8, 6, 4, 2, 0},
};

/* What is subtracted from fields. */
INLINE int zero_of(shape s) { return is_wide(s) ? WIDE_ZERO : s.zero; }

/* In every byte: its bits from one position on. */
INLINE ints bits(ints x, int from, int to, int count) {
  words w = (words)x;
  w = from > to ? w >> (from - to) : w << (to - from);
  return (ints)w & (int32_t)(((1u << count) - 1) * 0x01010101u << to);
}

/* Four columns, a byte each; group and shape are constants. */
INLINE ints group_of(shape s, const uint8_t *fields, int group, int vector) {
  const uint8_t *at = fields + vector * WIDTH;
  if (s.low == 8) {
    return wide_fields(load_ints(at + group * GROUP_BYTES));
  }
  /* As many groups share bytes as fit: of nibbles g and g + 4, of pairs of bits four in a row. */
  int nibbles = s.low == 4;
  ints low = load_ints(at + (nibbles ? group % 4 : group / 4) * GROUP_BYTES);
  ints x = bits(low, nibbles ? group / 4 * 4 : group % 4 * 2, 0, s.low);
  if (s.high > 0) {
    int place = s.high == 2 ? group / 4 : 0;
    ints high = load_ints(at + s.low * GROUP_BYTES + place * GROUP_BYTES);
    x |= bits(high, s.high == 2 ? group % 4 * 2 : group, s.low, s.high);
  }
  return s.coded ? lookup(CODES[s.table], x) : x;
}

/* Scales of a block. */
INLINE floats head_of(shape s, const uint8_t *block, int vector) {
  if (s.scales != INTEGERS) {
    return spread(1);
  }
  return from_halves(block + 2 * LANES * vector) * (1 / (float)s.divisor);
}

/* 2^(x - 128) is half of E8M0's number: of codes that stand for doubled ones. */
INLINE floats half_exponents(ints x) {
  ints half = x >> 1;
  return bits_to_floats((half + 63) << 23) * bits_to_floats((x - half + 63) << 23);
}

/* Half of UE4M3's number, whose exponent has a bias of 7; single precision's is 127. */
INLINE floats half_ue4m3(ints x) { return bits_to_floats(x << 20) * 0x1p119f; }

/* Scales of a part of 32 columns, given those of the block; small: the part's small scales. */
INLINE floats scales_of(shape s, const uint8_t *small, int part, int vector, floats scales) {
  if (s.small == 0) {
    return scales;
  }
  ints x = from_bytes(small + part * SMALL_BYTES + vector * LANES);
  if (s.scales != INTEGERS) {
    return s.scales == E8M0 ? half_exponents(x & 255) : half_ue4m3(x);
  }
  return to_floats(s.minima && s.small == 1 ? x & 15 : x) * scales;
}

/* Minima are stored with their sign; where scale and minimum share a byte, it has the high half. */
INLINE floats minima_of(shape s, const uint8_t *small, int part, int vector, floats minima) {
  if (s.small == 0) {
    return minima;
  }
  int at = s.small == 1 ? part : s.parts + part;
  ints x = from_bytes(small + at * SMALL_BYTES + vector * LANES);
  return to_floats(s.small == 1 ? x >> 4 & 15 : x) * minima;
}

#endif
