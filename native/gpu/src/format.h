/*
 * How weights are stored: one struct for each format, with the bytes of a row, and a decoder of eight consecutive
 * elements. The layouts are those of ggml-common.h, as our decoders in Java have them (java-core/tensor).
 *
 * WHOLE: rows are whole eights; else the last eight of a row may have only count elements, and the rest decodes to 0.
 */

DEVICE uint load16(GLOBAL const uint8_t *p) { return *(GLOBAL const uint16_t *)p; }
DEVICE float load_half(GLOBAL const uint8_t *p) { return float(*(GLOBAL const half *)p); }
/* Of two parts: blocks are aligned to two bytes only. */
DEVICE uint load32(GLOBAL const uint8_t *p) { return load16(p) | load16(p + 2) << 16; }

struct F32 {
  enum { WHOLE = 0 };
  DEVICE int64 row_bytes(int elements) { return int64(elements) * 4; }
  DEVICE void eight(GLOBAL const uint8_t *row, int g, int count, LOCAL float *v) {
    GLOBAL const float *from = (GLOBAL const float *)row + g * 8;
    UNROLL for (int i = 0; i < 8; i++) v[i] = i < count ? from[i] : 0.0f;
  }
};
