#define MAX_KEY 576

/*
 * One query of one head, by a group: SIMD groups take the pages in turn; of a page, a lane scores two positions, then
 * holds the sums of every 32nd element of the value. Maximum and sum run along (Milakov and Gimelshein 2018); at the end
 * the SIMD groups' parts are put together. SPLIT: of the pages, only those of this part (grid's z), and the result stays
 * a partial one: [value] sums, maximum, sum.
 */
template <class C, int VALUES, int SPLIT>
DEVICE void attention(Place at, GLOBAL const float *q, GLOBAL const uint8_t *pool, GLOBAL const int *pages,
                      GLOBAL const int *sequences, GLOBAL const int *positions, GLOBAL float *y,
                      SHARED_PTR float *query, SHARED_PTR float *weights, SHARED_PTR float *parts,
                      CONSTANT const AttentionParams &p) {
  int head = at.x, token = at.y, kv_head = head / (p.heads / p.kv_heads);
  int simds = at.threads / 32;
  int value = p.value_dim == 0 ? p.value_view : p.value_dim;
  int stride = p.value_dim == 0 ? p.key_dim : p.value_dim;
  int position = positions[token];
  int first = p.window == 0 ? 0 : m_max(0, position - p.window + 1);
  GLOBAL const int *table = pages + int64(sequences[token]) * p.max_pages;
  for (int i = at.id; i < p.key_dim; i += at.threads) {
    query[i] = q[int64(token) * p.q_stride + head * p.key_dim + i];
  }
  BARRIER();
  int first_page = first / PAGE, page_end = position / PAGE + 1;
  if (SPLIT) {
    int each = (page_end - first_page + p.splits - 1) / p.splits;
    first_page += at.z * each;
    page_end = m_min(page_end, first_page + each);
  }
  SHARED_PTR float *own = weights + at.simd * PAGE;
  float most = -INFINITE, total = 0;
  float sums[VALUES];
  UNROLL for (int i = 0; i < VALUES; i++) sums[i] = 0;
  for (int page = first_page + at.simd; page < page_end; page += simds) {
    GLOBAL const uint8_t *keys =
        pool + cached_keys<C>(table[page], p.page_bytes, p.state_offset, kv_head, p.key_dim, p.value_dim);
    GLOBAL const uint8_t *values = p.value_dim == 0 ? keys : keys + C::bytes(p.key_dim);
    int from = m_max(0, first - page * PAGE), to = m_min(PAGE, position + 1 - page * PAGE);
    float s[2];
    UNROLL for (int i = 0; i < 2; i++) {
      int j = at.lane + 32 * i;
      s[i] = -INFINITE;
      if (INSIDE(j >= from && j < to)) s[i] = score(C::dot(query, keys, j, p.key_dim), p);
    }
    float now = m_max(most, SIMD_MAX(m_max(s[0], s[1])));
    float shrink = m_exp(most - now);
    most = now;
    UNROLL for (int i = 0; i < 2; i++) s[i] = m_exp(s[i] - now);
    total = total * shrink + SIMD_SUM(s[0] + s[1]);
    UNROLL for (int i = 0; i < 2; i++) own[at.lane + 32 * i] = s[i];
    UNROLL for (int i = 0; i < VALUES; i++) sums[i] *= shrink;
    SIMD_BARRIER();
    ROLLED for (int j = from; j < to; j++) {
      float weight = own[j];
      UNROLL for (int i = 0; i < VALUES; i++) {
        int d = at.lane + 32 * i;
        if (INSIDE(d < value)) sums[i] += weight * C::get(values, j, d, stride);
      }
    }
    SIMD_BARRIER();  // equivalent: here SIMD_MAX waits, too; on GPUs it does not order memory
  }
  /* Each SIMD group's sums, then all maxima, then all totals. */
  SHARED_PTR float *maxima = parts + simds * VALUES * 32, *totals = maxima + simds;
  UNROLL for (int i = 0; i < VALUES; i++) parts[(at.simd * VALUES + i) * 32 + at.lane] = sums[i];
  if (at.lane == 0) {
    maxima[at.simd] = most;
    totals[at.simd] = total;
  }
  BARRIER();
  most = -INFINITE;
  for (int i = 0; i < simds; i++) most = m_max(most, maxima[i]);
  total = 0;
  for (int i = 0; i < simds; i++) total += totals[i] == 0.0f ? 0.0f : totals[i] * m_exp(maxima[i] - most);
  int64 result = (int64(token) * p.heads + head) * p.splits + at.z;
  GLOBAL float *out = SPLIT ? y + result * (value + 2) : y + int64(token) * p.y_stride + head * value;
  for (int d = at.id; d < value; d += at.threads) {
    float sum = 0;
    for (int i = 0; i < simds; i++) {
      if (totals[i] != 0.0f) sum += parts[i * VALUES * 32 + d] * m_exp(maxima[i] - most);
    }
    out[d] = SPLIT ? sum : sum / total;
  }
  if (SPLIT && at.id == 0) {
    out[value] = most;
    out[value + 1] = total;
  }
}

/*
 * Causal scaled dot-product attention of grouped heads (Vaswani et al. 2017; Ainslie et al. 2023) over the cache (layout:
 * cache.h): the query of a token sees the stored positions (position - window, position] of its sequence, all up to
 * position when window is 0. Scores are scale q.k, then softcap tanh(score / softcap) when softcap is not 0.
 * q: f32 [tokens, heads, key_dim], a token every q_stride elements; pool; pages: i32 [sequences, max_pages], pages of the
 * pool; sequences, positions: i32 [tokens]; y: f32 [tokens, heads, value], a token every y_stride elements.
 * key_dim: at most 576; value (value_dim, or value_view): at most 128, in attention_wide_ 512.
 * Grid: (heads, tokens). Threads: 128.
 *
 * attention_split_ makes partial results of a long context, as many as splits: y is f32 [tokens, heads, splits,
 * value + 2], for attention_combine. Grid: (heads, tokens, splits). Threads: 128.
 */
#define ATTENTION(name, C, VALUES, SPLIT)                                                                            \
  KERNEL(name, GLOBAL const float *q, GLOBAL const uint8_t *pool, GLOBAL const int *pages, GLOBAL const int *sequences, \
         GLOBAL const int *positions, GLOBAL float *y, PARAMS(AttentionParams) p) {                                  \
    SHARED(float, query, MAX_KEY);                                                                                   \
    SHARED(float, weights, 4 * PAGE);                                                                                \
    SHARED(float, parts, 4 * (VALUES * 32 + 2));                                                                     \
    attention<C, VALUES, SPLIT>(PLACE, q, pool, pages, sequences, positions, y, query, weights, parts, p);           \
  }
