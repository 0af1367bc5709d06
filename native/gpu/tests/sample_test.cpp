#include <algorithm>

#include "check.h"

struct SampleParams {
  int count, each, k, named;
};

TEST(largest) {
  Random random(9);
  for (int width : {1, 5, 300, 5000}) {
    for (int k : {1, 8, 40}) {
      int each = 700, parts = (width + each - 1) / each;
      std::vector<float> x(static_cast<size_t>(width));
      /* Few different values: ties. */
      for (float &value : x) value = static_cast<float>(random.below(200)) - 100.0f;
      if (width > 5) x[3] = x[290] = NAN;
      if (width > 1) x[2] = -INFINITY;
      Memory mx(x), pv(static_cast<size_t>(parts * k) * 4), pi(static_cast<size_t>(parts * k) * 4);
      Memory mv(static_cast<size_t>(k) * 4), mi(static_cast<size_t>(k) * 4);
      SampleParams p{width, each, k, 0}, all{parts * k, parts * k, k, 1};
      launch("largest", {static_cast<uint32_t>(parts), 1, 1, 256}, {&mx, &mx, &pv, &pi}, &p);
      launch("largest", {1, 1, 1, 128}, {&pv, &pi, &mv, &mi}, &all);
      std::vector<float> values = mv.values<float>();
      std::vector<int> indices = mi.values<int>(), order;
      for (int i = 0; i < width; i++) order.push_back(i);
      std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
        float u = x[static_cast<size_t>(a)], v = x[static_cast<size_t>(b)];
        return std::isnan(u) || std::isnan(v) ? std::isnan(u) > std::isnan(v) : u > v;
      });
      for (size_t i = 0; i < static_cast<size_t>(k); i++) {
        int index = i < order.size() ? order[i] : -1;
        float value = index < 0 ? -INFINITY : x[static_cast<size_t>(index)];
        bool same = std::isnan(value) ? std::isnan(values[i]) : values[i] == value;
        if (indices[i] != index || !same) throw Failure{"largest: place " + std::to_string(i)};
      }
    }
  }
}
