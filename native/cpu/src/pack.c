/* Rows of weights to tiles. Runs once per matrix, so there is one version for all processors. */
#include "read.h"

static void put(uint8_t *to, uint32_t x) { memcpy(to, &x, 4); }

/* 32 fields of one row; to is where the row's first four bytes lie. */
static void write_fields(shape s, const uint8_t *fields, uint8_t *to) {
  uint32_t low[GROUPS] = {0}, high[2] = {0};
  uint32_t lowMask = ((1u << s.low) - 1) * 0x01010101u;
  uint32_t highMask = ((1u << s.high) - 1) * 0x01010101u;
  for (int group = 0; group < GROUPS; group++) {
    uint32_t x = word_at(fields + 4 * group);
    int place = s.low == 8 ? group : s.low == 4 ? group % 4 : group / 4;
    int shift = s.low == 8 ? 0 : s.low == 4 ? group / 4 * 4 : group % 4 * 2;
    low[place] |= (x & lowMask) << shift;
    if (s.high == 2) {
      high[group / 4] |= (x >> s.low & highMask) << group % 4 * 2;
    } else if (s.high == 1) {
      high[0] |= (x >> s.low & highMask) << group;
    }
  }
  for (int i = 0; i < s.low; i++, to += GROUP_BYTES) {
    put(to, low[i]);
  }
  for (int i = 0; i < s.high; i++, to += GROUP_BYTES) {
    put(to, high[i]);
  }
}

static void write_block(shape s, const block *from, int64_t row, uint8_t *to) {
  if (s.scales == INTEGERS) {
    memcpy(to + 2 * row, &from->scale, 2);
  }
  if (s.minima) {
    memcpy(to + HALVES_BYTES + 2 * row, &from->minimum, 2);
  }
  to += head_bytes(s);
  for (int i = 0; i < s.columns / BLOCK; i++, to += part_bytes(s)) {
    for (int part = 0; part < s.parts * s.small; part++) {
      to[part * SMALL_BYTES + row] = from->small[part / s.parts][i * s.parts + part % s.parts];
    }
    write_fields(s, from->fields + i * BLOCK, to + small_bytes(s) + 4 * row);
  }
}

static inline __attribute__((always_inline)) void pack_blocks(
    int64_t format, const uint8_t *from, int64_t rowBytes, int64_t count, int64_t k, uint8_t *to) {
  shape s = SHAPES[format];
  int64_t size = block_bytes(s);
  block each;
  for (int64_t at = 0; at < k / s.columns; at++, to += size) {
    if (count < ROWS) {
      memset(to, 0, (size_t)size);
    }
    for (int64_t row = 0; row < count; row++) {
      read_block(format, from + row * rowBytes + at * s.stored, &each);
      write_block(s, &each, row, to);
    }
  }
}

static inline __attribute__((always_inline)) void pack_floats(
    int64_t format, const uint8_t *from, int64_t rowBytes, int64_t count, int64_t k, uint8_t *to) {
  size_t size = format == GATUN_CPU_F32 ? 4 : 2;
  int64_t together = format == GATUN_CPU_BF16 ? 2 : 1;
  if (count < ROWS || k % together != 0) {
    memset(to, 0, (size_t)float_tile_bytes(format, k));
  }
  for (int64_t first = 0; first < k; first += BLOCK) {
    int64_t last = k - first < BLOCK ? k : first + BLOCK;
    for (int64_t row = 0; row < count; row++) {
      for (int64_t c = first; c < last; c++) {
        int64_t at = (c / together * ROWS + row) * together + c % together;
        memcpy(to + size * (size_t)at, from + row * rowBytes + size * (size_t)c, size);
      }
    }
  }
}

void gatun_cpu_pack(
    gatun_i64 format, gatun_i64 rows, gatun_i64 rowBytes, gatun_i64 count, gatun_i64 k,
    gatun_i64 tile) {
  const uint8_t *from = (const uint8_t *)(intptr_t)rows;
  uint8_t *to = (uint8_t *)(intptr_t)tile;
#define PACK(format)                                                                               \
  case format:                                                                                     \
    pack_blocks(format, from, rowBytes, count, k, to);                                             \
    break
  switch (format) {
    PACK(GATUN_CPU_Q4_0);
    PACK(GATUN_CPU_Q4_1);
    PACK(GATUN_CPU_Q8_0);
    PACK(GATUN_CPU_Q5_0);
    PACK(GATUN_CPU_Q5_1);
    PACK(GATUN_CPU_Q2_K);
    PACK(GATUN_CPU_Q3_K);
    PACK(GATUN_CPU_Q4_K);
    PACK(GATUN_CPU_Q5_K);
    PACK(GATUN_CPU_Q6_K);
    PACK(GATUN_CPU_IQ4_NL);
    PACK(GATUN_CPU_IQ4_XS);
    PACK(GATUN_CPU_MXFP4);
    PACK(GATUN_CPU_NVFP4);
    PACK(GATUN_CPU_Q1_0);
    PACK(GATUN_CPU_Q2_0);
    PACK(GATUN_CPU_TQ1_0);
    PACK(GATUN_CPU_TQ2_0);
    PACK(GATUN_CPU_IQ1_S);
    PACK(GATUN_CPU_IQ1_M);
    PACK(GATUN_CPU_IQ2_XXS);
    PACK(GATUN_CPU_IQ2_XS);
    PACK(GATUN_CPU_IQ2_S);
    PACK(GATUN_CPU_IQ3_XXS);
    PACK(GATUN_CPU_IQ3_S);
    case GATUN_CPU_F32:
      pack_floats(GATUN_CPU_F32, from, rowBytes, count, k, to);
      break;
    case GATUN_CPU_F16:
      pack_floats(GATUN_CPU_F16, from, rowBytes, count, k, to);
      break;
    case GATUN_CPU_BF16:
      pack_floats(GATUN_CPU_BF16, from, rowBytes, count, k, to);
      break;
  }
}

gatun_i64 gatun_cpu_tile_bytes(gatun_i64 format, gatun_i64 k) {
  if (is_float(format)) {
    return float_tile_bytes(format, k);
  }
  return k / SHAPES[format].columns * block_bytes(SHAPES[format]);
}

/* A panel, and a block of Y for the last tile. */
gatun_i64 gatun_cpu_scratch_bytes(gatun_i64 format, gatun_i64 k) {
  int64_t panel = 4 * FLOAT_COLUMNS * ROWS;
  if (!is_float(format)) {
    panel = k / BLOCK * panel_bytes(SHAPES[format].parts, SHAPES[format].minima);
    int64_t shorts = (k < SHORT_DEPTH ? k : SHORT_DEPTH) / BLOCK * SHORTS_BYTES;
    panel = is_wide(SHAPES[format]) && shorts > panel ? shorts : panel;
  }
  return panel + 16 * 4 * ROWS;
}
