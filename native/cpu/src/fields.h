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

/* What the codes of IQ4_NL and IQ4_XS stand for. */
static const int8_t IQ4[16] = {
    CODE(-127), CODE(-104), CODE(-83), CODE(-65), CODE(-49), CODE(-35), CODE(-22), CODE(-10),
    CODE(1),    CODE(13),   CODE(25),  CODE(38),  CODE(53),  CODE(69),  CODE(89),  CODE(113)};

/* Whether fields need all 8 bits. */
INLINE int is_wide(shape s) { return s.low == 8 || s.coded; }

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
  if (s.coded) {
    return lookup(IQ4, x);
  }
  if (s.high > 0) {
    int place = s.high == 2 ? group / 4 : 0;
    ints high = load_ints(at + s.low * GROUP_BYTES + place * GROUP_BYTES);
    x |= bits(high, s.high == 2 ? group % 4 * 2 : group, s.low, s.high);
  }
  return x;
}

/* Scales of a part of 32 columns, given those of the block; small: the part's small scales. */
INLINE floats scales_of(shape s, const uint8_t *small, int part, int vector, floats scales) {
  if (s.small == 0) {
    return scales;
  }
  ints x = from_bytes(small + part * SMALL_BYTES + vector * LANES);
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
