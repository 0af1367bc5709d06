#include "cache.h"

struct AppendParams {
  int64 page_bytes;
  int64 state_offset;
  int tokens;
  int kv_heads;
  int key_dim;
  int value_dim;
  int k_stride;
  int v_stride;
};

/*
 * Stores the keys and values of new tokens in the cache (layout: cache.h).
 * k: f32 [tokens, kv_heads, key_dim], a token every k_stride elements; v: f32 [tokens, kv_heads, value_dim], likewise
 * v_stride, not read when value_dim is 0; slots: i32 [tokens], page * 64 + position in the page, negative for a token
 * that is not stored; pool: the pages.
 * Grid: (ceil(kv_heads * (key_dim + value_dim) / threads), tokens); of append_kv_q8_0 blocks instead of elements: for
 * each head ceil(key_dim / 32) + ceil(value_dim / 32). Threads: any.
 */
template <class T, class C>
DEVICE void append_kv(Place at, GLOBAL const float *k, GLOBAL const float *v, GLOBAL const int *slots,
                      GLOBAL uint8_t *pool, CONSTANT const AppendParams &p) {
  int i = at.x * at.threads + at.id;
  int width = p.key_dim + p.value_dim;
  int slot = slots[at.y];
  if (INSIDE(slot >= 0)) {
    if (INSIDE(i < p.kv_heads * width)) {
      int head = i / width, d = i % width;
      GLOBAL T *keys =
          (GLOBAL T *)(pool + cached_keys<C>(slot / PAGE, p.page_bytes, p.state_offset, head, p.key_dim, p.value_dim));
      int row = slot % PAGE;
      if (d < p.key_dim) {
        keys[row * p.key_dim + d] = T(k[int64(at.y) * p.k_stride + head * p.key_dim + d]);
      } else {
        d -= p.key_dim;
        keys[PAGE * p.key_dim + row * p.value_dim + d] = T(v[int64(at.y) * p.v_stride + head * p.value_dim + d]);
      }
    }
  }
}

/* One block of a row, as ggml's Q8_0: the largest magnitude becomes 127; halves are rounded away from 0. */
DEVICE void append_block(GLOBAL const float *x, GLOBAL uint8_t *tile, int row, int block, int dim) {
  int first = block * CACHE_BLOCK, count = m_min(CACHE_BLOCK, dim - first);
  float most = 0;
  for (int i = 0; i < count; i++) most = m_max(most, m_abs(x[first + i]));
  float step = most / 127.0f, inverse = step == 0.0f ? 0.0f : 1.0f / step;
  for (int i = 0; i < count; i++) {
    float y = x[first + i] * inverse;
    ((GLOBAL int8_t *)tile)[row * dim + first + i] = int8_t(int(y < 0.0f ? y - 0.5f : y + 0.5f));
  }
  ((GLOBAL half *)(tile + PAGE * dim))[row * cache_blocks(dim) + block] = half(step);
}

KERNEL(append_kv_f32, GLOBAL const float *k, GLOBAL const float *v, GLOBAL const int *slots, GLOBAL uint8_t *pool,
       PARAMS(AppendParams) p) {
  append_kv<float, CacheF32>(PLACE, k, v, slots, pool, p);
}
KERNEL(append_kv_f16, GLOBAL const float *k, GLOBAL const float *v, GLOBAL const int *slots, GLOBAL uint8_t *pool,
       PARAMS(AppendParams) p) {
  append_kv<half, CacheF16>(PLACE, k, v, slots, pool, p);
}
KERNEL(append_kv_q8_0, GLOBAL const float *k, GLOBAL const float *v, GLOBAL const int *slots, GLOBAL uint8_t *pool,
       PARAMS(AppendParams) p) {
  int i = GLOBAL_ID_X;
  int keys = cache_blocks(p.key_dim), width = keys + cache_blocks(p.value_dim);
  int slot = slots[GROUP_Y];
  if (INSIDE(slot >= 0)) {
    if (INSIDE(i < p.kv_heads * width)) {
      int head = i / width, block = i % width;
      GLOBAL uint8_t *tile =
          pool + cached_keys<CacheQ8_0>(slot / PAGE, p.page_bytes, p.state_offset, head, p.key_dim, p.value_dim);
      if (block < keys) {
        append_block(k + int64(GROUP_Y) * p.k_stride + head * p.key_dim, tile, slot % PAGE, block, p.key_dim);
      } else {
        append_block(v + int64(GROUP_Y) * p.v_stride + head * p.value_dim, tile + CacheQ8_0::bytes(p.key_dim),
                     slot % PAGE, block - keys, p.value_dim);
      }
    }
  }
}
