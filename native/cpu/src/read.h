/* Blocks of GGUF's formats as ggml-common.h lays them out: fields a byte each, scales, minima. */
#ifndef GATUN_READ_H
#define GATUN_READ_H

#include "lattice.h"

/* Low bits of 16 bytes, then the high ones. */
EACH void read_nibbles(const uint8_t *from, uint8_t *to) {
  for (int i = 0; i < 16; i++) {
    to[i] = from[i] & 15;
    to[i + 16] = from[i] >> 4;
  }
}

/* Q5: 32 fifth bits, column by column. */
EACH void read_fifth_bits(const uint8_t *from, uint8_t *to) {
  for (int i = 0; i < 32; i++) {
    to[i] |= (uint8_t)((from[i / 8] >> i % 8 & 1) << 4);
  }
}

/* Q4_K and Q5_K: twice eight numbers of 6 bits in 12 bytes. */
EACH void read_six_bits(const uint8_t *from, block *to) {
  for (int i = 0; i < 4; i++) {
    to->small[0][i] = from[i] & 63;
    to->small[1][i] = from[4 + i] & 63;
    to->small[0][4 + i] = (uint8_t)((from[8 + i] & 15) | from[i] >> 6 << 4);
    to->small[1][4 + i] = (uint8_t)(from[8 + i] >> 4 | from[4 + i] >> 6 << 4);
  }
}

/* Q4_K and Q5_K: per 64 columns the low bits of 32 bytes, then the high ones. */
EACH void read_long_nibbles(const uint8_t *from, uint8_t *to) {
  for (int run = 0; run < 4; run++) {
    for (int i = 0; i < 32; i++) {
      to[64 * run + i] = from[32 * run + i] & 15;
      to[64 * run + 32 + i] = from[32 * run + i] >> 4;
    }
  }
}

/* Q2_K, Q3_K and TQ2_0: per 128 columns four times two bits of 32 bytes. */
EACH void read_pairs(const uint8_t *from, uint8_t *to) {
  for (int run = 0; run < 8; run++) {
    for (int i = 0; i < 32; i++) {
      to[32 * run + i] = from[run / 4 * 32 + i] >> run % 4 * 2 & 3;
    }
  }
}

EACH void read_q4_k(const uint8_t *from, block *to) {
  read_six_bits(from + 4, to);
  read_long_nibbles(from + 16, to->fields);
}

EACH void read_q5_k(const uint8_t *from, block *to) {
  read_six_bits(from + 4, to);
  read_long_nibbles(from + 48, to->fields);
  for (int run = 0; run < 8; run++) {
    for (int i = 0; i < 32; i++) {
      to->fields[32 * run + i] |= (uint8_t)((from[16 + i] >> run & 1) << 4);
    }
  }
}

EACH void read_q6_k(const uint8_t *from, block *to) {
  memcpy(to->small[0], from + 192, 16);
  for (int run = 0; run < 8; run++) {
    /* Four runs of 32 columns share 64 bytes of nibbles and 32 of pairs of bits. */
    const uint8_t *low = from + run / 4 * 64 + run % 2 * 32;
    const uint8_t *high = from + 128 + run / 4 * 32;
    for (int i = 0; i < 32; i++) {
      int x = (low[i] >> run % 4 / 2 * 4 & 15) | (high[i] >> run % 4 * 2 & 3) << 4;
      to->fields[32 * run + i] = (uint8_t)x;
    }
  }
}

EACH void read_q3_k(const uint8_t *from, block *to) {
  read_pairs(from + 32, to->fields);
  for (int run = 0; run < 8; run++) {
    for (int i = 0; i < 32; i++) {
      to->fields[32 * run + i] |= (uint8_t)((from[i] >> run & 1) << 2);
    }
  }
  const uint8_t *scales = from + 96;
  for (int i = 0; i < 16; i++) {
    int low = scales[i % 8] >> i / 8 * 4 & 15;
    int high = scales[8 + i % 4] >> i / 4 * 2 & 3;
    to->small[0][i] = (uint8_t)((low | high << 4) - 32);
  }
}

EACH void read_iq4_xs(const uint8_t *from, block *to) {
  uint16_t high = half_at(from + 2);
  for (int i = 0; i < 8; i++) {
    int low = from[4 + i / 2] >> i % 2 * 4 & 15;
    to->small[0][i] = (uint8_t)((low | (high >> 2 * i & 3) << 4) - 32);
    read_nibbles(from + 8 + 16 * i, to->fields + 32 * i);
  }
}

/* NVFP4: scales of 16 columns, of which 0x7f is no number; low bits of 8 bytes, then the high ones. */
EACH void read_nvfp4(const uint8_t *from, block *to) {
  for (int i = 0; i < 4; i++) {
    uint8_t scale = from[i] & 127;
    to->small[0][i] = from[i] == 127 ? 0 : scale;
    for (int j = 0; j < 8; j++) {
      to->fields[16 * i + j] = from[4 + 8 * i + j] & 15;
      to->fields[16 * i + 8 + j] = from[4 + 8 * i + j] >> 4;
    }
  }
}

/*
 * TQ1_0: fields of base 3. A byte holds them as a fraction of 256: three times the fraction carries the
 * next one.
 */
EACH void read_trits(const uint8_t *from, int bytes, int count, uint8_t *to) {
  for (int i = 0; i < bytes; i++) {
    int fraction = from[i];
    for (int n = 0; n < count; n++) {
      to[n * bytes + i] = (uint8_t)(3 * fraction >> 8);
      fraction = 3 * fraction & 255;
    }
  }
}

EACH void read_tq1_0(const uint8_t *from, block *to) {
  read_trits(from, 32, 5, to->fields);
  read_trits(from + 32, 16, 5, to->fields + 160);
  read_trits(from + 48, 4, 4, to->fields + 240);
}

/* Q1_0: of a bit 0 and 2, of which 1 is subtracted. */
EACH void read_single_bits(const uint8_t *from, uint8_t *to) {
  for (int i = 0; i < 128; i++) {
    to[i] = (uint8_t)((from[i / 8] >> i % 8 & 1) << 1);
  }
}

EACH void read_neighbouring_pairs(const uint8_t *from, uint8_t *to) {
  for (int i = 0; i < 64; i++) {
    to[i] = from[i / 4] >> i % 4 * 2 & 3;
  }
}

/* The other formats have their scale first, then their minimum. */
EACH int scale_place(int64_t format) {
  switch (format) {
    case GATUN_CPU_Q2_K:
      return 80;
    case GATUN_CPU_Q3_K:
      return 108;
    case GATUN_CPU_Q6_K:
      return 208;
    case GATUN_CPU_TQ1_0:
      return 52;
    case GATUN_CPU_TQ2_0:
      return 64;
    default:
      return 0;
  }
}

EACH void read_block(int64_t format, const uint8_t *from, block *to) {
  shape s = SHAPES[format];
  to->scale = half_at(from + scale_place(format));
  if (s.minima) {
    /* K formats subtract their minima. */
    int negative = s.small > 0;
    to->minimum = half_at(from + scale_place(format) + 2) ^ (uint16_t)(negative << 15);
  }
  int64_t heads = 2 * (1 + s.minima);
  switch (format) {
    case GATUN_CPU_Q8_0:
      /* Two's complement to an offset of 128 is one flipped bit. */
      for (int i = 0; i < BLOCK; i++) {
        to->fields[i] = from[2 + i] ^ 0x80;
      }
      break;
    case GATUN_CPU_Q5_0:
    case GATUN_CPU_Q5_1:
      read_nibbles(from + heads + 4, to->fields);
      read_fifth_bits(from + heads, to->fields);
      break;
    case GATUN_CPU_Q2_K:
      memcpy(to->small[0], from, 16);
      read_pairs(from + 16, to->fields);
      break;
    case GATUN_CPU_Q3_K:
      read_q3_k(from, to);
      break;
    case GATUN_CPU_Q4_K:
      read_q4_k(from, to);
      break;
    case GATUN_CPU_Q5_K:
      read_q5_k(from, to);
      break;
    case GATUN_CPU_Q6_K:
      read_q6_k(from, to);
      break;
    case GATUN_CPU_IQ4_XS:
      read_iq4_xs(from, to);
      break;
    case GATUN_CPU_MXFP4:
      to->small[0][0] = from[0];
      read_nibbles(from + 1, to->fields);
      break;
    case GATUN_CPU_NVFP4:
      read_nvfp4(from, to);
      break;
    case GATUN_CPU_Q1_0:
      read_single_bits(from + 2, to->fields);
      break;
    case GATUN_CPU_Q2_0:
      read_neighbouring_pairs(from + 2, to->fields);
      break;
    case GATUN_CPU_TQ1_0:
      read_tq1_0(from, to);
      break;
    case GATUN_CPU_TQ2_0:
      read_pairs(from, to->fields);
      break;
    case GATUN_CPU_IQ1_S:
      read_iq1_s(from, to);
      break;
    case GATUN_CPU_IQ1_M:
      read_iq1_m(from, to);
      break;
    case GATUN_CPU_IQ2_XXS:
      read_iq2_xxs(from, to);
      break;
    case GATUN_CPU_IQ2_XS:
      read_iq2_xs(from, to);
      break;
    case GATUN_CPU_IQ2_S:
      read_iq2_s(from, to);
      break;
    case GATUN_CPU_IQ3_XXS:
      read_iq3_xxs(from, to);
      break;
    case GATUN_CPU_IQ3_S:
      read_iq3_s(from, to);
      break;
    default:
      read_nibbles(from + heads, to->fields);
  }
}

#endif
