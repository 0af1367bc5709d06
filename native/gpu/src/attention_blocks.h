/* Rows of a block: queries of one sequence, and for each the heads that share a key-value head. */
#define ROWS 16
/* Elements of keys or values that are in shared memory together. */
#define CHUNK 32

/* A chunk of a page to shared memory: [64, CHUNK + 1], zeros where there is nothing. */
template <class C>
DEVICE void stage(Place at, GLOBAL const uint8_t *rows, int stride, int first, int dims, int from, int to,
                  SHARED_PTR float *tile) {
  ROLLED for (int i = at.id; i < PAGE * CHUNK; i += at.threads) {
    int j = i / CHUNK, d = i % CHUNK;
    float x = 0;
    if (INSIDE(j >= from && j < to && first + d < dims)) x = C::get(rows, j, first + d, stride);
    tile[j * (CHUNK + 1) + d] = x;
  }
}

/*
 * As attention (same memory and parameters), for many tokens: a group takes 16 rows that share their keys and values, so
 * that these are read once for all (Dao et al. 2022): as many tokens as fit, each with the heads of one key-value head.
 * Tokens of one sequence stand together; a block that meets several sequences does one after the other.
 * Grid: (kv_heads * ceil(group / 16), ceil(tokens / max(1, 16 / group))), group = heads / kv_heads. Threads: 128.
 *
 * Each of the four SIMD groups has four rows: a lane scores two positions of a page, then holds every 32nd element of the
 * values' sums. Maximum and sum run along (Milakov and Gimelshein 2018).
 */
template <class C, int VALUES>
DEVICE void attention_blocks(Place at, GLOBAL const float *q, GLOBAL const uint8_t *pool, GLOBAL const int *pages,
                             GLOBAL const int *sequences, GLOBAL const int *positions, GLOBAL float *y,
                             SHARED_PTR float *queries, SHARED_PTR float *tile, SHARED_PTR float *weights,
                             CONSTANT const AttentionParams &p) {
  int group = p.heads / p.kv_heads;
  int kv_head = at.x % p.kv_heads, first_head = at.x / p.kv_heads * ROWS;
  int heads = m_min(ROWS, group - first_head), tokens = m_max(1, ROWS / group);
  int value = p.value_dim == 0 ? p.value_view : p.value_dim;
  int stride = p.value_dim == 0 ? p.key_dim : p.value_dim;
  int block_end = m_min(p.tokens, (at.y + 1) * tokens);
  for (int start = at.y * tokens; start < block_end;) {
    /* The tokens from start on that belong to one sequence, and what they see. */
    int sequence = sequences[start], end = start, seen = PAGE * p.max_pages, last = 0;
    while (end < block_end && sequences[end] == sequence) {
      seen = m_min(seen, p.window == 0 ? 0 : m_max(0, positions[end] - p.window + 1));
      last = m_max(last, positions[end]);
      end++;
    }
    int used = (end - start) * heads;
    /* Of each row of this SIMD group: where its query is, and the first and last position that it sees. */
    int row_first[4], row_last[4];
    UNROLL for (int r = 0; r < 4; r++) {
      int token = start + m_min(at.simd * 4 + r, used - 1) / heads;
      row_last[r] = positions[token];
      row_first[r] = p.window == 0 ? 0 : m_max(0, row_last[r] - p.window + 1);
    }
    float most[4], total[4], sums[4][VALUES];
    UNROLL for (int r = 0; r < 4; r++) {
      most[r] = -INFINITE;
      total[r] = 0;
      UNROLL for (int i = 0; i < VALUES; i++) sums[r][i] = 0;
    }
    for (int page = seen / PAGE; page <= last / PAGE; page++) {
      GLOBAL const uint8_t *keys = pool + cached_keys<C>(pages[int64(sequence) * p.max_pages + page], p.page_bytes,
                                                         p.state_offset, kv_head, p.key_dim, p.value_dim);
      GLOBAL const uint8_t *values = p.value_dim == 0 ? keys : keys + C::bytes(p.key_dim);
      int from = m_max(0, seen - page * PAGE), to = m_min(PAGE, last + 1 - page * PAGE);
      float s[4][2];
      UNROLL for (int r = 0; r < 4; r++) s[r][0] = s[r][1] = 0;
      for (int first = 0; first < p.key_dim; first += CHUNK) {
        BARRIER();
        stage<C>(at, keys, p.key_dim, first, p.key_dim, from, to, tile);
        ROLLED for (int i = at.id; i < ROWS * CHUNK; i += at.threads) {
          int row = i / CHUNK, d = first + i % CHUNK;
          float x = 0;
          if (INSIDE(row < used && d < p.key_dim)) {
            int head = kv_head * group + first_head + row % heads;
            x = q[int64(start + row / heads) * p.q_stride + head * p.key_dim + d];
          }
          queries[i] = x;
        }
        BARRIER();
        for (int d = 0; d < CHUNK; d++) {
          float low = tile[at.lane * (CHUNK + 1) + d], high = tile[(at.lane + 32) * (CHUNK + 1) + d];
          UNROLL for (int r = 0; r < 4; r++) {
            float x = queries[(at.simd * 4 + r) * CHUNK + d];
            s[r][0] += x * low;
            s[r][1] += x * high;
          }
        }
      }
      UNROLL for (int r = 0; r < 4; r++) {
        UNROLL for (int i = 0; i < 2; i++) {
          int position = page * PAGE + at.lane + 32 * i;
          bool visible = position >= row_first[r] && position <= row_last[r];
          s[r][i] = visible ? score(s[r][i], p) : -INFINITE;
        }
        float now = m_max(most[r], SIMD_MAX(m_max(s[r][0], s[r][1])));
        /* A page may lie before the first position that this row sees. */
        float shrink = now == -INFINITE ? 1.0f : m_exp(most[r] - now);
        most[r] = now;
        UNROLL for (int i = 0; i < 2; i++) {
          s[r][i] = now == -INFINITE ? 0.0f : m_exp(s[r][i] - now);
          weights[(at.simd * 4 + r) * PAGE + at.lane + 32 * i] = s[r][i];
        }
        total[r] = total[r] * shrink + SIMD_SUM(s[r][0] + s[r][1]);
        UNROLL for (int i = 0; i < VALUES; i++) sums[r][i] *= shrink;
      }
      UNROLL for (int i = 0; i < VALUES; i++) {
        if (i * CHUNK < value) {
          BARRIER();
          stage<C>(at, values, stride, i * CHUNK, value, from, to, tile);
          BARRIER();
          ROLLED for (int j = from; j < to; j++) {
            float x = tile[j * (CHUNK + 1) + at.lane];
            UNROLL for (int r = 0; r < 4; r++) sums[r][i] += weights[(at.simd * 4 + r) * PAGE + j] * x;
          }
        }
      }
    }
    UNROLL for (int r = 0; r < 4; r++) {
      int row = at.simd * 4 + r;
      if (INSIDE(row < used)) {
        int head = kv_head * group + first_head + row % heads;
        GLOBAL float *out = y + int64(start + row / heads) * p.y_stride + head * value;
        UNROLL for (int i = 0; i < VALUES; i++) {
          int d = i * CHUNK + at.lane;
          if (INSIDE(d < value)) out[d] = sums[r][i] / total[r];
        }
      }
    }
    start = end;
  }
}

#define ATTENTION_BLOCKS(name, C, VALUES)                                                                            \
  KERNEL(name, GLOBAL const float *q, GLOBAL const uint8_t *pool, GLOBAL const int *pages, GLOBAL const int *sequences, \
         GLOBAL const int *positions, GLOBAL float *y, PARAMS(AttentionParams) p) {                                  \
    SHARED(float, queries, ROWS *CHUNK);                                                                             \
    SHARED(float, tile, PAGE *(CHUNK + 1));                                                                          \
    SHARED(float, weights, ROWS *PAGE);                                                                              \
    attention_blocks<C, VALUES>(PLACE, q, pool, pages, sequences, positions, y, queries, tile, weights, p);          \
  }
