#include "check.h"

struct BatchAttentionParams {
  int tokens, heads, kv_heads, key_dim, value_dim, value_stride, flat, biased, causal, window;
  float scale, softcap;
};

static void attend(int batch, const BatchAttentionParams &p) {
  Random random(80);
  size_t rows = static_cast<size_t>(batch * p.tokens);
  std::vector<float> q = random.floats(rows * static_cast<size_t>(p.heads * p.key_dim));
  std::vector<float> k = random.floats(rows * static_cast<size_t>(p.kv_heads * p.key_dim));
  std::vector<float> v = random.floats(rows * static_cast<size_t>(p.kv_heads * p.value_stride));
  std::vector<float> bias = random.floats(rows);
  std::vector<int32_t> positions, sequences;
  for (int t = 0; t < p.tokens; t++) {
    positions.push_back(t / 2);
    sequences.push_back(t % 2);
  }
  std::vector<double> expected;
  for (int n = 0; n < batch; n++) {
    for (int t = 0; t < p.tokens; t++) {
      for (int head = 0; head < p.heads; head++) {
        int kv = head / (p.heads / p.kv_heads);
        double sum = 0;
        std::vector<double> y(static_cast<size_t>(p.value_dim), 0.0);
        for (int o = 0; o < p.tokens; o++) {
          int distance = p.flat ? positions[t] - positions[o] : t - o;
          bool seen = !p.causal || (distance >= 0 && (p.window == 0 || distance < p.window));
          if (!seen || (p.flat && sequences[t] != sequences[o])) continue;
          double score = 0;
          for (int d = 0; d < p.key_dim; d++) {
            score += double(q[((n * p.tokens + t) * p.heads + head) * p.key_dim + d]) *
                     k[((n * p.tokens + o) * p.kv_heads + kv) * p.key_dim + d];
          }
          score *= p.scale;
          if (p.softcap != 0) score = p.softcap * std::tanh(score / p.softcap);
          if (p.biased) score += bias[n * p.tokens + o];
          double share = std::exp(score);
          sum += share;
          for (int d = 0; d < p.value_dim; d++) {
            y[d] += share * v[((n * p.tokens + o) * p.kv_heads + kv) * p.value_stride + d];
          }
        }
        for (double each : y) expected.push_back(each / sum);
      }
    }
  }
  Memory mq(q), mk(k), mv(v), mb(bias), mp(positions), ms(sequences), my(expected.size() * 4);
  launch("batch_attention",
         {groups(p.tokens, 16), static_cast<uint32_t>(p.heads), static_cast<uint32_t>(batch), 256},
         {&mq, &mk, &mv, &mb, &mp, &ms, &my}, &p);
  close("batch_attention", my.values<float>(), expected, 1e-5);
}

TEST(batch_attention) {
  attend(2, {70, 2, 1, 12, 12, 12, 0, 1, 0, 0, 0.3f, 0});
  attend(1, {36, 2, 2, 40, 36, 40, 0, 0, 1, 5, 0.3f, 2});
  attend(1, {40, 1, 1, 8, 8, 8, 1, 0, 1, 0, 0.5f, 0});
}
