#include "check.h"

struct RecurrentParams {
  int kind, time, batch, in, hidden, directions, reverse, batch_first, biased, lengths, has_h, has_c, peepholes,
      input_forget, linear_before_reset;
  float clip;
  int functions[6];
  float alpha[6], beta[6];
};

static double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

/* Both directions, the second of two sequences shorter than the first. */
static void walk(int kind) {
  const int time = 3, batch = 2, in = 4, hidden = 36, gates = kind == 0 ? 1 : kind + 2;
  Random random(90);
  std::vector<float> x = random.floats(time * batch * in), w = random.floats(size_t(2 * gates * hidden * in)),
                     r = random.floats(size_t(2 * gates * hidden * hidden)), bias = random.floats(size_t(4 * gates * hidden)),
                     h0 = random.floats(2 * batch * hidden), c0 = random.floats(2 * batch * hidden),
                     peepholes = random.floats(6 * hidden);
  for (float &each : r) each *= 0.2f;
  std::vector<int32_t> lengths{3, 2};
  std::vector<double> y(size_t(time * 2 * batch * hidden)), h(size_t(2 * batch * hidden)), c(h.size());
  for (int d = 0; d < 2; d++) {
    for (int n = 0; n < batch; n++) {
      int state = (d * batch + n) * hidden;
      std::vector<double> old(h0.begin() + state, h0.begin() + state + hidden);
      std::vector<double> cell(c0.begin() + state, c0.begin() + state + hidden), next = old;
      for (int i = 0; i < lengths[n]; i++) {
        int t = d == 1 ? lengths[n] - 1 - i : i;
        auto input = [&](int g, int j) {
          double sum = bias[d * 2 * gates * hidden + g * hidden + j];
          for (int k = 0; k < in; k++) sum += double(w[((d * gates + g) * hidden + j) * in + k]) * x[(t * batch + n) * in + k];
          return sum;
        };
        auto recurrent = [&](int g, int j, const std::vector<double> &from) {
          double sum = bias[(d * 2 + 1) * gates * hidden + g * hidden + j];
          for (int k = 0; k < hidden; k++) sum += r[((d * gates + g) * hidden + j) * hidden + k] * from[k];
          return sum;
        };
        std::vector<double> scaled;
        for (int j = 0; kind == 1 && j < hidden; j++) scaled.push_back(sigmoid(input(1, j) + recurrent(1, j, old)) * old[j]);
        for (int j = 0; j < hidden; j++) {
          if (kind == 0) {
            next[j] = std::tanh(input(0, j) + recurrent(0, j, old));
          } else if (kind == 1) {
            double update = sigmoid(input(0, j) + recurrent(0, j, old));
            next[j] = (1 - update) * std::tanh(input(2, j) + recurrent(2, j, scaled)) + update * old[j];
          } else {
            const float *p = &peepholes[d * 3 * hidden];
            double forget = sigmoid(input(2, j) + recurrent(2, j, old) + p[2 * hidden + j] * cell[j]);
            double gate = sigmoid(input(0, j) + recurrent(0, j, old) + p[j] * cell[j]);
            cell[j] = forget * cell[j] + gate * std::tanh(input(3, j) + recurrent(3, j, old));
            next[j] = sigmoid(input(1, j) + recurrent(1, j, old) + p[hidden + j] * cell[j]) * std::tanh(cell[j]);
          }
          y[((t * 2 + d) * batch + n) * hidden + j] = next[j];
        }
        old = next;
      }
      for (int j = 0; j < hidden; j++) {
        h[state + j] = old[j];
        c[state + j] = cell[j];
      }
    }
  }
  const int tanh = 1, logistic = 2;
  RecurrentParams p{kind, time, batch, in, hidden, 2, 0, 0, 1, 1, 1, 1, 1, 0, 0, 1e30f, {}, {}, {}};
  for (int i = 0; i < 6; i++) p.functions[i] = kind == 0 || i % (kind + 1) > 0 ? tanh : logistic;
  Memory mx(x), mw(w), mr(r), mb(bias), ml(lengths), mh(h0), mc(c0), mp(peepholes), my(y.size() * 4), lh(h.size() * 4),
      lc(c.size() * 4);
  launch("recurrent", {batch, 2, 1, 32}, {&mx, &mw, &mr, &mb, &ml, &mh, &mc, &mp, &my, &lh, &lc}, &p);
  close("y of " + std::to_string(kind), my.values<float>(), y, 1e-5);
  close("h of " + std::to_string(kind), lh.values<float>(), h, 1e-5);
  if (kind == 2) close("c", lc.values<float>(), c, 1e-5);
}

TEST(recurrent) {
  for (int kind = 0; kind < 3; kind++) walk(kind);
}
