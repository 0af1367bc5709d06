/* Attention within a batch, nothing of which is kept: of encoders, and of flat batches without a state. */

#include "groups.h"

struct BatchAttentionParams {
  int tokens;
  int heads;
  int kvHeads;
  int keyDim;
  int valueDim;
  int valueStride;
  int flat;
  int biased;
  int causal;
  int window;
  float scale;
  float softcap;
};

/* Most dims of a head; queries of a group; keys that are looked at together. */
#define HEAD_DIM 128
#define QUERIES 16
#define KEYS 32

/*
 * y = softmax(scale q k) v per head: graph op Attention without a state. q: f32 [batch, tokens, heads * keyDim];
 * k: f32 [batch, tokens, kvHeads * keyDim]; v: f32 [batch, tokens, kvHeads * valueStride], of which valueDim count;
 * bias: f32 [batch, tokens], added to the scores of each key if biased; y: f32 [batch, tokens, heads * valueDim].
 * A query sees the keys of its row of the batch, of a flat batch those of its sequence (positions, sequences:
 * i32 [tokens]); when causal only up to its own position, and with a window only the last so many.
 *
 * Online softmax (Milakov, Gimelshein 2018): maximum and sum are corrected key block by key block (Dao et al. 2022).
 * Grid: ceil(tokens / 16), heads, batch; 256 threads: a SIMD group looks at 2 queries, its lanes at a key each, then at
 * dims of the value.
 */
KERNEL(batch_attention, GLOBAL const float *q, GLOBAL const float *k, GLOBAL const float *v, GLOBAL const float *bias,
       GLOBAL const int *positions, GLOBAL const int *sequences, GLOBAL float *y, PARAMS(BatchAttentionParams) p) {
  SHARED(float, queries, QUERIES * HEAD_DIM);
  /* Keys, then the values in their place; rows are one longer, so that lanes read from different banks. */
  SHARED(float, rows, KEYS * (HEAD_DIM + 1));
  SHARED(float, shares, QUERIES * KEYS);
  int head = GROUP_Y;
  int kvHead = head / (p.heads / p.kvHeads);
  int first = GROUP_X * QUERIES;
  int batch = GROUP_Z * p.tokens;
  for (int i = THREAD; i < QUERIES * p.keyDim; i += THREADS) {
    int query = i / p.keyDim;
    int d = i - query * p.keyDim;
    queries[query * HEAD_DIM + d] =
        INSIDE(first + query < p.tokens) ? q[((batch + first + query) * p.heads + head) * p.keyDim + d] : 0.0f;
  }
  float largest[2];
  float sum[2];
  float value[2][HEAD_DIM / 32];
  UNROLL
  for (int i = 0; i < 2; i++) {
    largest[i] = -INFINITE;
    sum[i] = 0.0f;
    UNROLL
    for (int c = 0; c < HEAD_DIM / 32; c++) value[i][c] = 0.0f;
  }
  /* In a padded causal batch nothing after the last query is seen. */
  int end = p.causal && !p.flat ? m_min(p.tokens, first + QUERIES) : p.tokens;
  for (int start = 0; start < end; start += KEYS) {
    for (int i = THREAD; i < KEYS * p.keyDim; i += THREADS) {
      int key = i / p.keyDim;
      int d = i - key * p.keyDim;
      rows[key * (HEAD_DIM + 1) + d] =
          INSIDE(start + key < p.tokens) ? k[((batch + start + key) * p.kvHeads + kvHead) * p.keyDim + d] : 0.0f;
    }
    BARRIER();
    UNROLL
    for (int i = 0; i < 2; i++) {
      int query = first + 2 * SIMD_GROUP + i;
      int key = start + LANE;
      float score = 0.0f;
      for (int d = 0; d < p.keyDim; d++) {
        score += queries[(2 * SIMD_GROUP + i) * HEAD_DIM + d] * rows[LANE * (HEAD_DIM + 1) + d];
      }
      score *= p.scale;
      if (p.softcap != 0.0f) score = p.softcap * m_tanh(score / p.softcap);
      bool seen = INSIDE(key < p.tokens);
      seen = seen && INSIDE(query < p.tokens);
      if (seen && p.biased) score += bias[batch + key];
      if (seen && (p.causal || p.flat)) {
        int distance = p.flat ? positions[query] - positions[key] : query - key;
        if (p.causal) seen = distance >= 0 && (p.window == 0 || distance < p.window);
        if (p.flat) seen = seen && sequences[query] == sequences[key];
      }
      score = seen ? score : -INFINITE;
      float now = m_max(largest[i], SIMD_MAX(score));
      /* As long as nothing was seen, there is nothing to correct. */
      bool any = now > -INFINITE;
      float share = any && seen ? m_exp(score - now) : 0.0f;
      float correction = any ? m_exp(largest[i] - now) : 1.0f;
      largest[i] = now;
      sum[i] = sum[i] * correction + SIMD_SUM(share);
      UNROLL
      for (int c = 0; c < HEAD_DIM / 32; c++) value[i][c] *= correction;
      shares[(2 * SIMD_GROUP + i) * KEYS + LANE] = share;
    }
    BARRIER();
    for (int i = THREAD; i < KEYS * p.valueDim; i += THREADS) {
      int key = i / p.valueDim;
      int d = i - key * p.valueDim;
      rows[key * (HEAD_DIM + 1) + d] =
          INSIDE(start + key < p.tokens) ? v[((batch + start + key) * p.kvHeads + kvHead) * p.valueStride + d] : 0.0f;
    }
    BARRIER();
    UNROLL
    for (int c = 0; c < HEAD_DIM / 32; c++) {
      int d = 32 * c + LANE;
      if (d < p.valueDim) {
        for (int key = 0; key < KEYS; key++) {
          float each = rows[key * (HEAD_DIM + 1) + d];
          UNROLL
          for (int i = 0; i < 2; i++) value[i][c] += shares[(2 * SIMD_GROUP + i) * KEYS + key] * each;
        }
      }
    }
    BARRIER();
  }
  UNROLL
  for (int i = 0; i < 2; i++) {
    int query = first + 2 * SIMD_GROUP + i;
    UNROLL
    for (int c = 0; c < HEAD_DIM / 32; c++) {
      int d = 32 * c + LANE;
      bool inside = INSIDE(query < p.tokens);
      inside = inside && INSIDE(d < p.valueDim);
      if (inside) {
        y[((batch + query) * p.heads + head) * p.valueDim + d] = sum[i] > 0.0f ? value[i][c] / sum[i] : 0.0f;
      }
    }
  }
}
