/*
 * Keys and values of past positions: a pool of pages of 64 positions. In a page, state after state (a state begins at
 * state_offset), head after head, lie a tile of keys [64, key_dim], then one of values [64, value_dim]. A state without
 * values (value_dim 0) has as value the first value_view elements of the key. Pages, states, tiles, and rows of 8 elements
 * of f16 and f32 are aligned to 16 bytes.
 *
 * How a tile is stored is a struct: bytes(dim), and of an element or a row get and dot.
 */
#define PAGE 64

struct CacheF32 {
  DEVICE int64 bytes(int dim) { return int64(PAGE) * dim * 4; }
  DEVICE float get(GLOBAL const uint8_t *tile, int row, int d, int dim) {
    return ((GLOBAL const float *)tile)[row * dim + d];
  }
  DEVICE float dot(SHARED_PTR const float *q, GLOBAL const uint8_t *tile, int row, int dim) {
    GLOBAL const float *k = (GLOBAL const float *)tile + row * dim;
    float sum = 0;
    for (int i = 0; i < dim; i++) sum += q[i] * k[i];
    return sum;
  }
};

DEVICE float two_halves(SHARED_PTR const float *q, uint two) {
  return q[0] * float(bits_half(uint16_t(two & 0xffff))) + q[1] * float(bits_half(uint16_t(two >> 16)));
}

struct CacheF16 {
  DEVICE int64 bytes(int dim) { return int64(PAGE) * dim * 2; }
  DEVICE float get(GLOBAL const uint8_t *tile, int row, int d, int dim) {
    return float(((GLOBAL const half *)tile)[row * dim + d]);
  }
  DEVICE float dot(SHARED_PTR const float *q, GLOBAL const uint8_t *tile, int row, int dim) {
    GLOBAL const half *k = (GLOBAL const half *)tile + row * dim;
    float sum = 0;
    if (dim % 8 == 0) {
      ROLLED for (int i = 0; i < dim; i += 8) {
        uint4 eight = *(GLOBAL const uint4 *)(k + i);
        sum += two_halves(q + i, eight.x) + two_halves(q + i + 2, eight.y) + two_halves(q + i + 4, eight.z) +
               two_halves(q + i + 6, eight.w);
      }
    } else {
      for (int i = 0; i < dim; i++) sum += q[i] * float(k[i]);
    }
    return sum;
  }
};

/* Elements that share a scale. */
#define CACHE_BLOCK 32

DEVICE int cache_blocks(int dim) { return (dim + CACHE_BLOCK - 1) / CACHE_BLOCK; }

DEVICE float four_bytes(SHARED_PTR const float *q, uint four) {
  return q[0] * float(int8_t(four & 255)) + q[1] * float(int8_t(four >> 8 & 255)) + q[2] * float(int8_t(four >> 16 & 255)) +
         q[3] * float(int8_t(four >> 24));
}

/* Signed bytes [64, dim], then scales f16 [64, ceil(dim / 32)]: each block of 32 elements of a row has one. */
struct CacheQ8_0 {
  DEVICE int64 bytes(int dim) { return int64(PAGE) * (dim + 2 * cache_blocks(dim)); }
  DEVICE float scale(GLOBAL const uint8_t *tile, int row, int block, int dim) {
    return float(((GLOBAL const half *)(tile + PAGE * dim))[row * cache_blocks(dim) + block]);
  }
  DEVICE float get(GLOBAL const uint8_t *tile, int row, int d, int dim) {
    return float(((GLOBAL const int8_t *)tile)[row * dim + d]) * scale(tile, row, d / CACHE_BLOCK, dim);
  }
  DEVICE float dot(SHARED_PTR const float *q, GLOBAL const uint8_t *tile, int row, int dim) {
    GLOBAL const int8_t *k = (GLOBAL const int8_t *)tile + row * dim;
    float sum = 0;
    ROLLED for (int block = 0; block < cache_blocks(dim); block++) {
      int first = block * CACHE_BLOCK, end = m_min(dim, first + CACHE_BLOCK);
      float part = 0;
      if (dim % 16 == 0) {
        ROLLED for (int i = first; i < end; i += 16) {
          uint4 bytes = *(GLOBAL const uint4 *)(k + i);
          part += four_bytes(q + i, bytes.x) + four_bytes(q + i + 4, bytes.y) + four_bytes(q + i + 8, bytes.z) +
                  four_bytes(q + i + 12, bytes.w);
        }
      } else {
        for (int i = first; i < end; i++) part += q[i] * float(k[i]);
      }
      sum += part * scale(tile, row, block, dim);
    }
    return sum;
  }
};

/* The tile of a head's keys in a page; that of the values follows. */
template <class C>
DEVICE int64 cached_keys(int page, int64 page_bytes, int64 state_offset, int head, int key_dim, int value_dim) {
  return page * page_bytes + state_offset + head * (C::bytes(key_dim) + C::bytes(value_dim));
}
