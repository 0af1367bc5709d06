#include "check.h"

struct GridParams {
  int batch, channels, points, axes, mode, padding, corners, extent[3];
};

/* x: [1, 2, 2, 3]; points at elements, between them, beyond the ends, nowhere. */
TEST(grid_sample) {
  std::vector<float> x{1, 2, 3, 4, 5, 6, 10, 20, 30, 40, 50, 60};
  std::vector<float> grid{-1, -1, 0, 0, 1, 1, 3, 0, std::nanf(""), 0};
  Memory mx(x), mg(grid), my(40);
  auto run = [&](int mode, int padding, int corners) {
    GridParams p{1, 2, 5, 2, mode, padding, corners, {2, 3, 0}};
    launch("grid_sample", {1, 1, 1, 32}, {&mx, &mg, &my}, &p);
    std::vector<float> y = my.values<float>();
    /* What is nowhere lies at the first end where places are reflected. */
    if (padding == 2 ? y[4] != 2.5f : !std::isnan(y[4])) throw Failure{"no number"};
    return y;
  };
  auto expect = [](const char *what, const std::vector<float> &y, std::vector<float> first) {
    for (size_t i = 0; i < 4; i++) {
      if (std::fabs(y[i] - first[i]) > 1e-5f || std::fabs(y[i + 5] - 10 * first[i]) > 1e-4f) throw Failure{what};
    }
  };
  expect("linear", run(0, 0, 1), {1, 3.5f, 6, 0});
  expect("linear, edges", run(0, 0, 0), {0.25f, 3.5f, 1.5f, 0});
  expect("linear, border", run(0, 1, 1), {1, 3.5f, 6, 4.5f});
  expect("linear, reflection", run(0, 2, 1), {1, 3.5f, 6, 2.5f});
  expect("nearest", run(1, 1, 1), {1, 2, 6, 3});
  expect("cubic, border", run(2, 1, 1), {1, 3.5f, 6, 4.5f});
}
