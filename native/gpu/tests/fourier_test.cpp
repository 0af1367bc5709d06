#include "check.h"

struct FourierParams {
  int lines, inner, length, frames, step, n, bins, parts, windowed, inverse;
};

static void fourier(const FourierParams &p) {
  size_t numbers = static_cast<size_t>(p.lines * p.length * p.parts);
  size_t pairs = static_cast<size_t>(p.lines * p.frames * p.bins);
  std::vector<float> x(numbers), window(static_cast<size_t>(p.windowed ? p.n : 1));
  for (size_t i = 0; i < x.size(); i++) x[i] = static_cast<float>(static_cast<int>(i * 37 % 23) - 11) / 8;
  for (size_t i = 0; i < window.size(); i++) window[i] = 1 + static_cast<float>(i) / 4;
  std::vector<double> expected(2 * pairs);
  for (size_t at = 0; at < pairs; at++) {
    int index = static_cast<int>(at), i = index % p.inner, k = index / p.inner % p.bins;
    int f = index / p.inner / p.bins % p.frames, o = index / p.inner / p.bins / p.frames;
    for (int j = 0; j < p.n && f * p.step + j < p.length; j++) {
      size_t from = static_cast<size_t>(((o * p.length + f * p.step + j) * p.inner + i) * p.parts);
      double factor = p.windowed ? window[static_cast<size_t>(j)] : 1;
      double a = x[from] * factor, b = p.parts == 2 ? x[from + 1] * factor : 0;
      double angle = (p.inverse ? 2 : -2) * M_PI * j * k / p.n, scale = p.inverse ? 1.0 / p.n : 1;
      expected[2 * at] += scale * (a * std::cos(angle) - b * std::sin(angle));
      expected[2 * at + 1] += scale * (a * std::sin(angle) + b * std::cos(angle));
    }
  }
  Memory mx(x), mw(window), my(sizeof(float) * 2 * pairs);
  launch("fourier", {static_cast<uint32_t>((pairs + 31) / 32), 1, 1, 32}, {&mx, &mw, &my}, &p);
  close("fourier", my.values<float>(), expected, 1e-4);
}

TEST(fourier) {
  fourier({6, 3, 7, 1, 0, 7, 7, 2, 0, 0});    /* complex, along an axis in the middle */
  fourier({6, 3, 7, 1, 0, 7, 7, 2, 0, 1});    /* back */
  fourier({2, 1, 5, 1, 0, 8, 5, 1, 0, 0});    /* real, longer than what there is */
  fourier({2, 1, 9, 1, 0, 4, 4, 2, 0, 0});    /* shorter */
  fourier({2, 1, 40, 5, 6, 16, 9, 1, 1, 0});  /* frames under a window */
}
