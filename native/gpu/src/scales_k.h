/* The first 16 bytes of a block of Q4_K or Q5_K: f16 d and dmin, and eight scales and minimums of 6 bits. */
struct HeadK {
  float d, dmin;
  uint low, middle, high;
};

DEVICE HeadK head_k(GLOBAL const uint8_t *block) {
  uint4 words = *(GLOBAL const uint4 *)block;
  HeadK head;
  head.d = float(bits_half(uint16_t(words.x & 0xffff)));
  head.dmin = float(bits_half(uint16_t(words.x >> 16)));
  head.low = words.y;
  head.middle = words.z;
  head.high = words.w;
  return head;
}

/* d times scale s. */
DEVICE float scale_k(HeadK head, int s) {
  int shift = s % 4 * 8;
  uint scale = s < 4 ? head.low >> shift & 63 : (head.high >> shift & 15) | (head.low >> shift >> 6 & 3) << 4;
  return head.d * float(scale);
}

/* dmin times minimum s. */
DEVICE float minimum_k(HeadK head, int s) {
  int shift = s % 4 * 8;
  uint minimum = s < 4 ? head.middle >> shift & 63 : (head.high >> shift >> 4 & 15) | (head.middle >> shift >> 6 & 3) << 4;
  return head.dmin * float(minimum);
}

/* Eight fields of bits at shift of eight bytes that are aligned to eight. */
DEVICE void aligned_fields(GLOBAL const uint8_t *p, int shift, uint mask, LOCAL uint *q) {
  uint2 eight = *(GLOBAL const uint2 *)p;
  UNROLL for (int i = 0; i < 4; i++) {
    q[i] = eight.x >> (8 * i + shift) & mask;
    q[4 + i] = eight.y >> (8 * i + shift) & mask;
  }
}
