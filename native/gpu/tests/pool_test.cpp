#include "check.h"

struct PoolParams {
  int count, kind, counting;
  float power;
  int indices, column_major, x[3], y[3], size[3], stride[3], dilation[3], before[3], after[3];
};

/* [2, 4, 5], windows of 3 by 2 with steps of 2 and 1, one row of padding on both sides. */
TEST(pool) {
  std::vector<float> x = Random(60).floats(40);
  for (int kind = 0; kind < 3; kind++) {
    for (int counting : {0, 1}) {
      std::vector<double> expected;
      std::vector<int64_t> places;
      for (int plane = 0; plane < 2; plane++) {
        for (int row = 0; row < 2; row++) {
          for (int column = 0; column < 4; column++) {
            double best = -INFINITY, sum = 0, squares = 0;
            int met = 0, place = 0;
            for (int i = row * 2 - 1; i < row * 2 + 2; i++) {
              for (int j = column; j < column + 2; j++) {
                if (i < 0 || i >= 4) continue;
                int at = (plane * 4 + i) * 5 + j;
                met++;
                sum += x[at];
                squares += x[at] * x[at];
                if (x[at] > best) {
                  best = x[at];
                  place = at;
                }
              }
            }
            expected.push_back(kind == 0 ? best : kind == 1 ? sum / (counting ? 6 : met) : std::sqrt(squares));
            places.push_back(place);
          }
        }
      }
      Memory mx(x), my(64), mp(128);
      PoolParams p{16, kind, counting, 2, kind == 0, 0, {1, 4, 5}, {1, 2, 4}, {1, 3, 2}, {1, 2, 1}, {1, 1, 1},
                   {0, 1, 0}, {0, 1, 0}};
      launch("pool", {1, 1, 1, 32}, {&mx, &my, &mp}, &p);
      close("pool " + std::to_string(kind), my.values<float>(), expected, 1e-6);
      if (kind == 0 && mp.values<int64_t>() != places) throw Failure{"places of maxima"};
    }
  }
}
