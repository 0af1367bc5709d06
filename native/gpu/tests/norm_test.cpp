#include "check.h"

struct RmsNormParams {
  int rows, width, x_stride, y_stride;
  float epsilon;
};
struct LayerNormParams {
  int rows, width, x_stride, y_stride, has_bias;
  float epsilon;
};

TEST(rms_norm) {
  Random random(1);
  for (int width : {1, 31, 64, 257, 576}) {
    int rows = 3;
    std::vector<float> x = random.floats(static_cast<size_t>(rows * width)), scale = random.floats(static_cast<size_t>(width));
    std::vector<double> expected;
    for (int r = 0; r < rows; r++) {
      double squares = 0;
      for (int i = 0; i < width; i++) squares += double(x[r * width + i]) * x[r * width + i];
      for (int i = 0; i < width; i++) expected.push_back(x[r * width + i] / std::sqrt(squares / width + 1e-5) * scale[i]);
    }
    Memory mx(x), ms(scale), my(x.size() * 4);
    RmsNormParams p{rows, width, width, width, 1e-5f};
    launch("rms_norm", {3, 1, 1, 128}, {&mx, &ms, &my}, &p);
    close("rms_norm", my.values<float>(), expected, 1e-5);
  }
}

TEST(layer_norm) {
  Random random(2);
  for (int width : {1, 31, 257, 384}) {
    for (int has_bias : {0, 1}) {
      int rows = 2;
      std::vector<float> x = random.floats(static_cast<size_t>(rows * width)), scale = random.floats(static_cast<size_t>(width)),
                         bias = random.floats(static_cast<size_t>(width));
      std::vector<double> expected;
      for (int r = 0; r < rows; r++) {
        double mean = 0, squares = 0;
        for (int i = 0; i < width; i++) mean += x[r * width + i];
        mean /= width;
        for (int i = 0; i < width; i++) squares += (x[r * width + i] - mean) * (x[r * width + i] - mean);
        for (int i = 0; i < width; i++) {
          expected.push_back((x[r * width + i] - mean) / std::sqrt(squares / width + 1e-5) * scale[i] +
                             (has_bias ? bias[i] : 0));
        }
      }
      Memory mx(x), ms(scale), mb(bias), my(x.size() * 4);
      LayerNormParams p{rows, width, width, width, has_bias, 1e-5f};
      launch("layer_norm", {2, 1, 1, 128}, {&mx, &ms, &mb, &my}, &p);
      close("layer_norm", my.values<float>(), expected, 1e-5);
    }
  }
}

struct LocalNormParams {
  int count, channels, inner, before, after;
  float scale, beta, bias;
};

TEST(local_norm) {
  const int outer = 2, channels = 5, inner = 3;
  std::vector<float> x = Random(11).floats(outer * channels * inner);
  std::vector<double> expected;
  for (int i = 0; i < outer * channels * inner; i++) {
    int channel = i / inner % channels;
    double sum = 0;
    for (int j = -1; j <= 2; j++) {
      if (channel + j < 0 || channel + j >= channels) continue;
      double other = x[static_cast<size_t>(i + j * inner)];
      sum += other * other;
    }
    expected.push_back(x[static_cast<size_t>(i)] / std::pow(1.5 + 0.25 * sum, 0.75));
  }
  LocalNormParams p{outer * channels * inner, channels, inner, 1, 2, 0.25f, 0.75f, 1.5f};
  Memory mx(x), my(x.size() * 4);
  launch("local_norm", {1, 1, 1, 32}, {&mx, &my}, &p);
  close("local norm", my.values<float>(), expected, 1e-6);
}
