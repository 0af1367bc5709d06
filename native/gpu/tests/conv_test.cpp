#include "check.h"

struct FinishStep {
  int kind, function, other;
  float factor, shift, low, high, last_factor, last_shift;
};
struct Finish {
  int count, functions;
  FinishStep steps[4];
};
struct ConvParams {
  int batch, groups, in, out, biased, pixels, x[3], y[3], size[3], stride[3], dilation[3], before[3];
  Finish finish;
};

/* A convolution, plainly: each element of x times each tap goes where it belongs. */
static std::vector<double> conv(const ConvParams &p, const std::vector<float> &x, const std::vector<float> &w,
                                const std::vector<float> &bias, bool transposed) {
  int channels = p.groups * p.out, inputs = p.x[0] * p.x[1] * p.x[2], taps = p.size[0] * p.size[1] * p.size[2];
  std::vector<double> y;
  for (int n = 0; n < p.batch; n++) {
    for (int c = 0; c < channels; c++) y.insert(y.end(), static_cast<size_t>(p.pixels), p.biased ? bias[c] : 0.0);
  }
  for (int n = 0; n < p.batch; n++) {
    for (int o = 0; o < channels; o++) {
      for (int i = 0; i < p.in; i++) {
        for (int tap = 0; tap < taps; tap++) {
          int in = o / p.out * p.in + i;
          double weight = transposed ? w[(in * p.out + o % p.out) * taps + tap] : w[(o * p.in + i) * taps + tap];
          int k[3] = {tap / p.size[2] / p.size[1], tap / p.size[2] % p.size[1], tap % p.size[2]};
          int steps = transposed ? inputs : p.pixels;
          const int *walked = transposed ? p.x : p.y, *other = transposed ? p.y : p.x;
          for (int at = 0; at < steps; at++) {
            int place[3] = {at / walked[2] / walked[1], at / walked[2] % walked[1], at % walked[2]};
            bool inside = true;
            int there = 0;
            for (int d = 0; d < 3; d++) {
              int position = place[d] * p.stride[d] + k[d] * p.dilation[d] - p.before[d];
              inside = inside && position >= 0 && position < other[d];
              there = there * other[d] + position;
            }
            if (!inside) continue;
            int from = transposed ? at : there, to = transposed ? there : at;
            y[(n * channels + o) * p.pixels + to] += weight * x[(n * p.groups * p.in + in) * inputs + from];
          }
        }
      }
    }
  }
  return y;
}

/* A curve, a product, a function or none, a difference. */
static double finished(const Finish &f, double y, double a, double b) {
  double u = std::fmax(-0.5, std::fmin(2 * y + 0.25, 1.5));
  y = (y * u * 0.5 - 1) * b;
  return (f.functions ? std::tanh(y) : y) - a;
}

static void check(const char *kernel, ConvParams p, uint32_t rows, bool transposed = false) {
  p.pixels = p.y[0] * p.y[1] * p.y[2];
  int channels = p.groups * p.out, taps = p.size[0] * p.size[1] * p.size[2];
  Random random(50);
  std::vector<float> x = random.floats(static_cast<size_t>(p.batch * p.groups * p.in * p.x[0] * p.x[1] * p.x[2]));
  std::vector<float> w = random.floats(static_cast<size_t>(channels * p.in * taps));
  std::vector<float> bias = random.floats(static_cast<size_t>(channels));
  std::vector<double> expected = conv(p, x, w, bias, transposed);
  std::vector<float> a = random.floats(expected.size()), b = random.floats(expected.size());
  if (p.finish.count > 0) {
    for (size_t i = 0; i < expected.size(); i++) {
      expected[i] = finished(p.finish, expected[i], a[i], b[i]);
    }
  }
  Memory mx(x), mw(w), mbias(bias), ma(a), mb(b), my(expected.size() * 4);
  uint32_t count = static_cast<uint32_t>(expected.size()), pixels = static_cast<uint32_t>(p.pixels);
  Grid grid = rows > 0 ? Grid{groups(pixels, 64), groups(p.out, rows), static_cast<uint32_t>(p.batch * p.groups), 256}
                       : Grid{groups(std::strcmp(kernel, "conv_point") == 0 ? count * 32 : count, 64), 1, 1, 64};
  launch(kernel, grid, {&mx, &mw, &mbias, &ma, &mb, &my}, &p);
  close(kernel, my.values<float>(), expected, 1e-5);
}

static ConvParams square(int batch, int groups, int in, int out, int height, int width, int size, int stride, int pad) {
  int rows = (height + 2 * pad - size) / stride + 1, columns = (width + 2 * pad - size) / stride + 1;
  return {batch,   groups,        in,           out, 1, 0, {1, height, width}, {1, rows, columns}, {1, size, size},
          {1, stride, stride}, {1, 1, 1}, {0, pad, pad}, {}};
}

static ConvParams cube() {
  return {2, 1, 2, 4, 0, 0, {3, 4, 5}, {4, 2, 5}, {2, 3, 3}, {1, 2, 1}, {2, 1, 1}, {1, 1, 1}, {}};
}

static Finish finish(bool function) {
  Finish f{};
  f.functions = function;
  f.steps[f.count++] = {1, 0, 0, 2, 0.25f, -0.5f, 1.5f, 0.5f, -1};
  f.steps[f.count++] = {3, 2, 1, 0, 0, 0, 0, 0, 0};
  if (function) f.steps[f.count++] = {2, 7, 0, 0, 0, 0, 0, 0, 0};
  f.steps[f.count++] = {3, 1, 0, 0, 0, 0, 0, 0, 0};
  return f;
}

TEST(conv_tiles) {
  check("conv_16", square(2, 1, 3, 4, 8, 9, 3, 1, 1), 16);
  check("conv_16", square(1, 2, 4, 2, 9, 7, 3, 2, 1), 16);
  check("conv_32", square(1, 1, 20, 36, 2, 34, 1, 1, 0), 32);
  check("conv_64", square(1, 1, 4, 68, 5, 4, 3, 1, 1), 64);
  check("conv_16", cube(), 16);
  for (bool function : {false, true}) {
    ConvParams p = square(1, 1, 4, 4, 4, 5, 3, 1, 1);
    p.finish = finish(function);
    check("conv_16", p, 16);
  }
}

TEST(conv_point) {
  check("conv_point", square(3, 1, 36, 5, 1, 1, 1, 1, 0), 0);
  check("conv_point", square(1, 2, 2, 3, 3, 4, 3, 1, 1), 0);
  check("conv_point", cube(), 0);
}

TEST(conv_depthwise) {
  check("conv_depthwise", square(2, 3, 1, 2, 5, 6, 3, 1, 1), 0);
  ConvParams p = cube();
  p.groups = 2;
  p.in = 1;
  check("conv_depthwise", p, 0);
}

TEST(conv_transpose) {
  ConvParams p = square(2, 2, 3, 2, 4, 5, 3, 2, 1);
  p.y[1] = 8;
  p.y[2] = 9;
  check("conv_transpose", p, 0, true);
  p = cube();
  p.y[0] = 3;
  p.y[1] = 7;
  p.y[2] = 5;
  check("conv_transpose", p, 0, true);
}
