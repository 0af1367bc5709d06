#include "attend.h"

/*
 * Puts partial results of attention_split_ together.
 * partial: f32 [tokens, heads, splits, value + 2]; y: f32 [tokens, heads, value], a token every y_stride elements.
 * Grid: (heads, tokens). Threads: any.
 */
KERNEL(attention_combine, GLOBAL const float *partial, GLOBAL float *y, PARAMS(AttentionParams) p) {
  int value = p.value_dim == 0 ? p.value_view : p.value_dim;
  GLOBAL const float *from = partial + (int64(GROUP_Y) * p.heads + GROUP_X) * p.splits * (value + 2);
  float most = -INFINITE;
  for (int i = 0; i < p.splits; i++) most = m_max(most, from[i * (value + 2) + value]);
  float total = 0;
  for (int i = 0; i < p.splits; i++) {
    float part = from[i * (value + 2) + value + 1];
    if (part != 0.0f) total += part * m_exp(from[i * (value + 2) + value] - most);
  }
  for (int d = THREAD; d < value; d += THREADS) {
    float sum = 0;
    for (int i = 0; i < p.splits; i++) {
      GLOBAL const float *part = from + i * (value + 2);
      if (part[value + 1] != 0.0f) sum += part[d] * m_exp(part[value] - most);
    }
    y[int64(GROUP_Y) * p.y_stride + GROUP_X * value + d] = sum / total;
  }
}
