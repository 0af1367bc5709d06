/* Scale and minimum s of the eight of 6 bits in the 12 bytes of Q4_K and Q5_K. */
DEVICE float scale_k(GLOBAL const uint8_t *p, int s) {
  return float(s < 4 ? p[s] & 63 : (p[4 + s] & 15) | p[s - 4] >> 6 << 4);
}
DEVICE float minimum_k(GLOBAL const uint8_t *p, int s) {
  return float(s < 4 ? p[4 + s] & 63 : p[4 + s] >> 4 | p[s] >> 6 << 4);
}
