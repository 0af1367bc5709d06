#define INFINITE (bits_float(0x7f800000u))
#define MOST_EXPERTS 512

struct RouteParams {
  int experts;
  int used;
  int sigmoid;
  int normalize;
  int has_bias;
  float weight_scale;
};

/*
 * Which experts a token goes to (Shazeer et al. 2017), and with what weights: graph op MixtureOfExperts. Probabilities
 * are the softmax of the logits, or the sigmoid of each; the used experts with the largest probability + bias are
 * chosen (of equal ones the first); their weights are the probabilities, divided by their sum when normalize, times
 * weight_scale.
 * logits: f32 [tokens, experts], at most 512 experts; bias: f32 [experts], read when has_bias; ids: i32 [tokens, used];
 * weights: f32 [tokens, used].
 * Grid: (tokens). Threads: 32.
 */
KERNEL(route, GLOBAL const float *logits, GLOBAL const float *bias, GLOBAL int *ids, GLOBAL float *weights,
       PARAMS(RouteParams) p) {
  SHARED(float, chances, MOST_EXPERTS);
  SHARED(float, ranks, MOST_EXPERTS);
  GLOBAL const float *from = logits + int64(GROUP_X) * p.experts;
  float most = -INFINITE, total = 0;
  for (int e = LANE; e < p.experts; e += 32) most = m_max(most, from[e]);
  most = SIMD_MAX(most);
  for (int e = LANE; e < p.experts; e += 32) total += m_exp(from[e] - most);
  total = SIMD_SUM(total);
  for (int e = LANE; e < p.experts; e += 32) {
    float chance = p.sigmoid ? 1.0f / (1.0f + m_exp(-from[e])) : m_exp(from[e] - most) / total;
    chances[e] = chance;
    ranks[e] = chance + (p.has_bias ? bias[e] : 0.0f);
  }
  float chosen = 0;
  for (int i = 0; i < p.used; i++) {
    float best = -INFINITE;
    int index = p.experts;
    for (int e = LANE; e < p.experts; e += 32) {
      if (ranks[e] > best) {
        best = ranks[e];
        index = e;
      }
    }
    float top = SIMD_MAX(best);
    /* Where all are NaN, the last one: its weight is NaN. */
    index = m_min(-SIMD_MAX(best == top ? -index : -p.experts), p.experts - 1);
    float chance = SIMD_SUM(index % 32 == LANE ? chances[index] : 0.0f);
    if (index % 32 == LANE) ranks[index] = -INFINITE;
    if (LANE == 0) {
      ids[GROUP_X * p.used + i] = index;
      weights[GROUP_X * p.used + i] = chance;
    }
    chosen += chance;
  }
  float factor = p.normalize ? p.weight_scale / chosen : p.weight_scale;
  for (int i = 0; i < p.used && LANE == 0; i++) weights[GROUP_X * p.used + i] *= factor;
}

struct ExpertSumParams {
  int used;
  int width;
};

/*
 * y[t] = the sum of what the experts of token t gave, by their weights.
 * x: f32 [tokens, used, width]; weights: f32 [tokens, used]; y: f32 [tokens, width].
 * Grid: (ceil(width / threads), tokens). Threads: any.
 */
KERNEL(expert_sum, GLOBAL const float *x, GLOBAL const float *weights, GLOBAL float *y, PARAMS(ExpertSumParams) p) {
  int i = GLOBAL_ID_X;
  if (INSIDE(i < p.width)) {
    float sum = 0;
    for (int j = 0; j < p.used; j++) {
      int64 row = int64(GROUP_Y) * p.used + j;
      sum += weights[row] * x[row * p.width + i];
    }
    y[int64(GROUP_Y) * p.width + i] = sum;
  }
}
