#include "check.h"

struct RotaryParams {
  int tokens, heads, head_dim, offset, rotary_dim, interleaved, x_stride, y_stride;
  float magnitude;
};

TEST(rotary) {
  Random random(8);
  for (int interleaved : {0, 1}) {
    for (int offset : {0, 4}) {
      int heads = 3, head_dim = 24, rotary_dim = offset == 0 ? 24 : 16, width = heads * head_dim;
      std::vector<int> positions = {0, 7, 131071};
      int tokens = static_cast<int>(positions.size()), stride = width + 5;
      std::vector<float> x = random.floats(static_cast<size_t>((tokens - 1) * stride + width)), inverse;
      for (int i = 0; i < rotary_dim / 2; i++) inverse.push_back(std::pow(10000.0f, -2.0f * static_cast<float>(i) / static_cast<float>(rotary_dim)));
      std::vector<double> expected(static_cast<size_t>(tokens * width));
      for (int t = 0; t < tokens; t++) {
        for (int h = 0; h < heads; h++) {
          const float *from = x.data() + t * stride + h * head_dim;
          double *to = expected.data() + t * width + h * head_dim;
          for (int i = 0; i < head_dim; i++) to[i] = from[i];
          for (int i = 0; i < rotary_dim / 2; i++) {
            int a = offset + (interleaved ? 2 * i : i), b = interleaved ? a + 1 : a + rotary_dim / 2;
            double angle = double(positions[static_cast<size_t>(t)]) * double(inverse[static_cast<size_t>(i)]);
            double cosine = 1.25 * std::cos(angle), sine = 1.25 * std::sin(angle);
            to[a] = from[a] * cosine - from[b] * sine;
            to[b] = from[a] * sine + from[b] * cosine;
          }
        }
      }
      Memory mx(x), mp(positions), mi(inverse), my(expected.size() * 4);
      RotaryParams p{tokens, heads, head_dim, offset, rotary_dim, interleaved, stride, width, 1.25f};
      launch("rotary", {groups(heads * (head_dim - rotary_dim / 2), 32), 3, 1, 32}, {&mx, &mp, &mi, &my}, &p);
      close("rotary", my.values<float>(), expected, 1e-6);
    }
  }
}
