#include "cache.h"

/* Of attention over the cache. */
#define INFINITE (bits_float(0x7f800000u))

struct AttentionParams {
  int64 page_bytes;
  int64 state_offset;
  int tokens;
  int heads;
  int kv_heads;
  int key_dim;
  int value_dim;
  int value_view;
  int window;
  int max_pages;
  int q_stride;
  int y_stride;
  int splits;
  float scale;
  float softcap;
};

/* q.k to the score that softmax takes. */
DEVICE float score(float dot, CONSTANT const AttentionParams &p) {
  float s = dot * p.scale;
  return p.softcap == 0.0f ? s : p.softcap * m_tanh(s / p.softcap);
}
