#include "check.h"

struct GatedParams {
  int rows, width, function, gate_stride, up_stride;
};

static double apply(int function, double x) {
  double sigmoid = 1 / (1 + std::exp(-x));
  switch (function) {
    case 0: return -x;
    case 1: return std::fabs(x);
    case 2: return std::exp(x);
    case 3: return std::log(x);
    case 4: return std::sqrt(x);
    case 5: return 1 / x;
    case 6: return sigmoid;
    case 7: return std::tanh(x);
    case 8: return std::erf(x);
    case 9: return x * sigmoid;
    case 10: return x * 0.5 * (1 + std::erf(x * std::sqrt(0.5)));
    case 11: return x * 0.5 * (1 + std::tanh(std::sqrt(2 / M_PI) * (x + 0.044715 * x * x * x)));
    default: return std::isnan(x) ? x : std::fmax(x, 0);
  }
}

TEST(gated) {
  Random random(4);
  for (int function = 0; function <= 12; function++) {
    int rows = 2, width = 70;
    std::vector<float> both = random.floats(static_cast<size_t>(rows * 2 * width));
    both[0] = -INFINITY;
    both[1] = INFINITY;
    both[2] = NAN;
    both[3] = -100;
    std::vector<double> expected;
    for (int r = 0; r < rows; r++) {
      for (int i = 0; i < width; i++) {
        double gate = both[r * 2 * width + i];
        bool limit = gate == -INFINITY && function >= 9 && function <= 11;
        expected.push_back((limit ? 0 : apply(function, gate)) * both[r * 2 * width + width + i]);
      }
    }
    Memory all(both), y(expected.size() * 4);
    Memory up(std::vector<float>(both.begin() + width, both.end()));
    GatedParams p{rows, width, function, 2 * width, 2 * width};
    launch("gated", {groups(width, 64), 2, 1, 64}, {&all, &up, &y}, &p);
    close("gated " + std::to_string(function), y.values<float>(), expected, 2e-6);
  }
}
