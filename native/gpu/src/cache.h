/*
 * Keys and values of past positions: a pool of pages of 64 positions. In a page, state after state (a state begins at
 * state_offset), head after head, lie keys [64, key_dim], then values [64, value_dim], as f16 or f32. A state without
 * values (value_dim 0) has as value the first value_view elements of the key. Pages, states and rows of 8 elements are
 * aligned to 16 bytes.
 */
#define PAGE 64

template <class T>
DEVICE GLOBAL const T *cached_keys(GLOBAL const uint8_t *pool, int page, int64 page_bytes, int64 state_offset, int head,
                                   int key_dim, int value_dim) {
  GLOBAL const uint8_t *state = pool + page * page_bytes + state_offset;
  return (GLOBAL const T *)state + int64(head) * PAGE * (key_dim + value_dim);
}
