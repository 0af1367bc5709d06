/* Rows of weights to tiles. Runs once per matrix, so there is one version for all processors. */
#include "layout.h"
#include <string.h>

static void nibbles(const uint8_t *fields, uint8_t *to) {
  for (int group = 0; group < BLOCK / 8; group++) {
    memcpy(to + group * GROUP_BYTES, fields + 4 * group, 4);
  }
}

/* Two's complement to an offset of 128 is one flipped bit. */
static void bytes(const uint8_t *fields, uint8_t *to) {
  for (int group = 0; group < BLOCK / 4; group++) {
    for (int i = 0; i < 4; i++) {
      to[group * GROUP_BYTES + i] = fields[4 * group + i] ^ 0x80;
    }
  }
}

void gatun_cpu_pack(
    gatun_i64 format, gatun_i64 rows, gatun_i64 rowBytes, gatun_i64 count, gatun_i64 k,
    gatun_i64 tile) {
  const uint8_t *from = (const uint8_t *)(intptr_t)rows;
  uint8_t *to = (uint8_t *)(intptr_t)tile;
  int64_t size = block_bytes(format);
  int64_t stored = format == GATUN_CPU_Q4_0 ? 18 : format == GATUN_CPU_Q4_1 ? 20 : 34;
  int64_t heads = format == GATUN_CPU_Q4_1 ? 2 : 1;
  for (int64_t block = 0; block < k / BLOCK; block++, to += size) {
    if (count < ROWS) {
      memset(to, 0, (size_t)size);
    }
    for (int64_t row = 0; row < count; row++) {
      const uint8_t *source = from + row * rowBytes + block * stored;
      for (int64_t head = 0; head < heads; head++) {
        memcpy(to + head * SCALES_BYTES + 2 * row, source + 2 * head, 2);
      }
      uint8_t *fields = to + heads * SCALES_BYTES + 4 * row;
      if (format == GATUN_CPU_Q8_0) {
        bytes(source + 2, fields);
      } else {
        nibbles(source + 2 * heads, fields);
      }
    }
  }
}

gatun_i64 gatun_cpu_tile_bytes(gatun_i64 format, gatun_i64 k) { return k / BLOCK * block_bytes(format); }

gatun_i64 gatun_cpu_row_bytes(gatun_i64 k) { return row_bytes(k); }

/* A panel of all columns, and a block of Y for the last tile. */
gatun_i64 gatun_cpu_scratch_bytes(gatun_i64 k) { return k / BLOCK * PANEL_BYTES + 16 * 4 * ROWS; }
