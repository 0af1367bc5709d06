#include "check.h"

struct DetParams {
  int count, n;
};

TEST(det) {
  std::vector<float> x{0, 2, 1, 1, 1, 0, 3, 0, 1, /* rows change places */
                       1, 2, 3, 2, 4, 6, 1, 0, 1, /* singular */
                       2, 0, 0, 0, 3, 0, 0, 0, -4};
  Memory mx(x), my(12);
  DetParams p{3, 3};
  launch("det", {1, 1, 1, 32}, {&mx, &my}, &p);
  close("det", my.values<float>(), {-5, 0, -24}, 1e-6);
}
