#include "check.h"

struct ResizeParams {
  int64_t step, first, unit;
  int outer, in, out, inner, mode, rounding, excluding, extrapolating;
  float cubic, reach, shrink, outside;
};

/* [2, 3, 2] to [2, 7, 2], with points at (i + 1/2) 3/7 - 1/2 = (6 i - 4) / 14. */
TEST(resize) {
  std::vector<float> x = Random(70).floats(12);
  for (int mode = 0; mode < 3; mode++) {
    std::vector<double> expected;
    for (int i = 0; i < 28; i++) {
      double at = (6 * (i / 2 % 7) - 4) / 14.0, sum = 0;
      for (int k = -3; k < 6; k++) {
        double t = std::fabs(k - at), a = -0.75;
        double weight = mode == 0   ? k == std::floor(at + 0.5)
                        : mode == 1 ? std::fmax(0, 1 - t)
                        : t <= 1    ? ((a + 2) * t - (a + 3)) * t * t + 1
                        : t < 2     ? a * (((t - 5) * t + 8) * t - 4)
                                    : 0;
        sum += weight * x[i / 14 * 6 + std::min(std::max(k, 0), 2) * 2 + i % 2];
      }
      expected.push_back(sum);
    }
    Memory mx(x), my(112);
    ResizeParams p{6, -4, 14, 2, 3, 7, 2, mode, 1, 0, 0, -0.75f, mode == 2 ? 2.0f : 1.0f, 1, 0};
    launch("resize", {1, 1, 1, 32}, {&mx, &my}, &p);
    close("resize " + std::to_string(mode), my.values<float>(), expected, 1e-5);
  }
}
