#include <algorithm>

#include "check.h"

struct RouteParams {
  int experts, used, sigmoid, normalize, has_bias;
  float weight_scale;
};
struct ExpertSumParams {
  int used, width;
};

TEST(route) {
  Random random(12);
  for (int variant = 0; variant < 8; variant++) {
    int experts = variant % 2 == 0 ? 8 : 70, used = variant % 2 == 0 ? 2 : 6, tokens = 3;
    bool sigmoid = variant / 2 % 2 != 0, other = variant / 4 != 0;
    std::vector<float> logits = random.floats(static_cast<size_t>(tokens * experts)), bias = random.floats(static_cast<size_t>(experts));
    logits[3] = logits[2];
    Memory ml(logits), mb(bias), mi(static_cast<size_t>(tokens * used) * 4), mw(static_cast<size_t>(tokens * used) * 4);
    RouteParams p{experts, used, sigmoid, other, other, 1.5f};
    launch("route", {static_cast<uint32_t>(tokens), 1, 1, 32}, {&ml, &mb, &mi, &mw}, &p);
    std::vector<int> ids;
    std::vector<double> weights;
    for (int t = 0; t < tokens; t++) {
      std::vector<double> chances;
      double total = 0;
      for (int e = 0; e < experts; e++) {
        double logit = double(logits[static_cast<size_t>(t * experts + e)]);
        chances.push_back(sigmoid ? 1 / (1 + std::exp(-logit)) : std::exp(logit));
        total += chances.back();
      }
      for (double &chance : chances) chance /= sigmoid ? 1 : total;
      std::vector<int> order;
      for (int e = 0; e < experts; e++) order.push_back(e);
      auto rank = [&](int e) { return chances[static_cast<size_t>(e)] + (other ? double(bias[static_cast<size_t>(e)]) : 0); };
      std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return rank(a) > rank(b); });
      double chosen = 0;
      for (int i = 0; i < used; i++) chosen += chances[static_cast<size_t>(order[static_cast<size_t>(i)])];
      for (int i = 0; i < used; i++) {
        ids.push_back(order[static_cast<size_t>(i)]);
        weights.push_back(chances[static_cast<size_t>(ids.back())] * 1.5 / (other ? chosen : 1));
      }
    }
    if (mi.values<int>() != ids) throw Failure{"route: other experts"};
    close("route", mw.values<float>(), weights, 1e-6);
  }
}

TEST(expert_sum) {
  Random random(13);
  int tokens = 2, used = 3, width = 70;
  std::vector<float> x = random.floats(static_cast<size_t>(tokens * used * width)), weights = random.floats(static_cast<size_t>(tokens * used));
  std::vector<double> expected(static_cast<size_t>(tokens * width));
  for (int t = 0; t < tokens; t++) {
    for (int i = 0; i < width; i++) {
      for (int j = 0; j < used; j++) {
        expected[static_cast<size_t>(t * width + i)] += double(weights[static_cast<size_t>(t * used + j)]) *
                                                        double(x[static_cast<size_t>((t * used + j) * width + i)]);
      }
    }
  }
  Memory mx(x), mw(weights), my(expected.size() * 4);
  ExpertSumParams p{used, width};
  launch("expert_sum", {groups(width, 64), 2, 1, 64}, {&mx, &mw, &my}, &p);
  close("expert_sum", my.values<float>(), expected, 1e-6);
}
