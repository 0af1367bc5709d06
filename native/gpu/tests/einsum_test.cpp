#include "check.h"

struct EinsumParams {
  int count, run, rank, sum_rank, pair, extent[8], x[8], z[8], sum_extent[8], sum_x[8], sum_z[8];
};

/* bij,bkj->bik */
TEST(einsum_pair) {
  const int b = 2, i = 3, j = 70, k = 5;
  Random random(5);
  std::vector<float> x = random.floats(b * i * j), z = random.floats(b * k * j);
  std::vector<double> expected;
  for (int at = 0; at < b * i * k; at++) {
    double sum = 0;
    for (int s = 0; s < j; s++) {
      sum += static_cast<double>(x[static_cast<size_t>(at / k * j + s)]) *
             z[static_cast<size_t>((at / k / i * k + at % k) * j + s)];
    }
    expected.push_back(sum);
  }
  EinsumParams p{b * i * k, j, 3, 1, 1, {k, i, b}, {0, j, i * j}, {j, 0, k * j}, {j}, {1}, {1}};
  Memory mx(x), mz(z), my(expected.size() * 4);
  launch("einsum", {1, 1, 1, 32}, {&mx, &mz, &my}, &p);
  close("pair", my.values<float>(), expected, 1e-5);
}

/* ii-> */
TEST(einsum_trace) {
  std::vector<float> x{1, 2, 3, 4, 5, 6, 7, 8, 9};
  EinsumParams p{1, 3, 1, 1, 0, {1}, {0}, {0}, {3}, {4}, {0}};
  Memory mx(x), my(4);
  launch("einsum", {1, 1, 1, 32}, {&mx, &mx, &my}, &p);
  close("trace", my.values<float>(), {15}, 0);
}
