#include "check.h"

struct MatvecParams {
  int rows, in, out, x_stride, y_stride, has_bias;
};

TEST(matvec_f32) {
  Random random(3);
  for (int rows : {1, 3, 4, 7}) {
    for (int in : {1, 32, 100, 576}) {
      int out = 9, stride = out + 2;
      std::vector<float> x = random.floats(static_cast<size_t>(rows * in)), w = random.floats(static_cast<size_t>(in * out)),
                         bias = random.floats(static_cast<size_t>(out));
      std::vector<double> expected(static_cast<size_t>((rows - 1) * stride + out), NAN);
      for (int r = 0; r < rows; r++) {
        for (int o = 0; o < out; o++) {
          double sum = bias[o];
          for (int i = 0; i < in; i++) sum += double(x[r * in + i]) * w[o * in + i];
          expected[r * stride + o] = sum;
        }
      }
      Memory mx(x), mw(w), mb(bias), my(expected.size() * 4);
      MatvecParams p{rows, in, out, in, stride, 1};
      const char *name = rows == 1 ? "matvec_f32" : rows <= 4 ? "matvec4_f32" : "matvec8_f32";
      launch(name, {groups(out, 4), 1, 1, 128}, {&mx, &mw, &mb, &my}, &p);
      close(name, my.values<float>(), expected, 1e-5);
    }
  }
}
