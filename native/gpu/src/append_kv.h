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
 * Grid: (ceil(kv_heads * (key_dim + value_dim) / threads), tokens). Threads: any.
 */
template <class T>
DEVICE void append_kv(Place at, GLOBAL const float *k, GLOBAL const float *v, GLOBAL const int *slots,
                      GLOBAL uint8_t *pool, CONSTANT const AppendParams &p) {
  int i = at.x * at.threads + at.id;
  int width = p.key_dim + p.value_dim;
  int slot = slots[at.y];
  if (INSIDE(slot >= 0)) {
    if (INSIDE(i < p.kv_heads * width)) {
      int head = i / width, d = i % width;
      GLOBAL T *keys = (GLOBAL T *)(pool + slot / PAGE * p.page_bytes + p.state_offset) + int64(head) * PAGE * width;
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

#define APPEND_KV(name, T)                                                                                        \
  KERNEL(name, GLOBAL const float *k, GLOBAL const float *v, GLOBAL const int *slots, GLOBAL uint8_t *pool,       \
         PARAMS(AppendParams) p) {                                                                                \
    append_kv<T>(PLACE, k, v, slots, pool, p);                                                                    \
  }

APPEND_KV(append_kv_f32, float)
APPEND_KV(append_kv_f16, half)
