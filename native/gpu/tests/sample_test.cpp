#include <algorithm>

#include "check.h"

struct SampleParams {
  int width, k;
};

TEST(top_k_rows) {
  Random random(9);
  for (int width : {1, 5, 300, 5000}) {
    int rows = 2, k = 8;
    std::vector<float> x(static_cast<size_t>(rows * width));
    /* Few different values: ties. */
    for (float &value : x) value = static_cast<float>(random.below(200)) - 100.0f;
    if (width > 5) x[3] = NAN;
    Memory mx(x), mv(static_cast<size_t>(rows * k) * 4), mi(static_cast<size_t>(rows * k) * 4), ma(static_cast<size_t>(rows) * 4);
    SampleParams p{width, k};
    launch("top_k_rows", {2, 1, 1, 256}, {&mx, &mv, &mi}, &p);
    launch("argmax_rows", {2, 1, 1, 128}, {&mx, &ma}, &p);
    std::vector<float> values = mv.values<float>();
    std::vector<int> indices = mi.values<int>(), first = ma.values<int>();
    for (int r = 0; r < rows; r++) {
      std::vector<int> order;
      for (int i = 0; i < width; i++) {
        if (!std::isnan(x[static_cast<size_t>(r * width + i)])) order.push_back(i);
      }
      std::stable_sort(order.begin(), order.end(),
                       [&](int a, int b) { return x[static_cast<size_t>(r * width + a)] > x[static_cast<size_t>(r * width + b)]; });
      if (first[static_cast<size_t>(r)] != order[0]) throw Failure{"argmax_rows"};
      for (size_t i = 0; i < static_cast<size_t>(k); i++) {
        int index = i < order.size() ? order[i] : -1;
        float value = index < 0 ? -INFINITY : x[static_cast<size_t>(r * width + index)];
        size_t at = static_cast<size_t>(r * k) + i;
        if (indices[at] != index || values[at] != value) throw Failure{"top_k_rows: place " + std::to_string(i)};
      }
    }
  }
}
