#include "check.h"

struct RoiParams {
  int count, channels, in_height, in_width, height, width, sampling, max, half_pixel, wide, pictures;
  float scale;
};

/* Two channels of 4 x 4, the second ten times the first, which grows by 1 to the right and by 4 downwards. */
TEST(roi_align) {
  std::vector<float> x;
  for (float factor : {1.0f, 10.0f}) {
    for (int i = 0; i < 16; i++) x.push_back(factor * static_cast<float>(i));
  }
  std::vector<float> boxes{0, 0, 4, 4, 2, 2, 6, 6, 0, 0, 4, 4};
  std::vector<int> picture{0, -1, 3};
  auto run = [&](int max, int half_pixel, int sampling, float scale) {
    RoiParams p{12, 2, 4, 4, 1, 2, sampling, max, half_pixel, 0, 1, scale};
    Memory mx(x), mb(boxes), mp(picture), my(48);
    launch("roi_align", {1, 1, 1, 32}, {&mx, &mb, &mp, &my}, &p);
    std::vector<float> y = my.values<float>();
    for (size_t i = 8; i < 12; i++) {
      if (!std::isnan(y[i])) throw Failure{"no picture"};
    }
    y.resize(8);
    return y;
  };
  /* By hand: at scale 0.5, boxes of 2 x 2; samples at rows 0.5 and 1.5, columns 0.25 .. 1.75. */
  close("mean", run(0, 0, 2, 0.5f), {4.5, 5.5, 45, 55, 9.5, 10.5, 95, 105}, 1e-6);
  close("mean, half pixel", run(0, 1, 2, 0.5f), {2.125, 3, 21.25, 30, 7, 8, 70, 80}, 1e-6);
  close("as many samples as elements", run(0, 0, 0, 0.5f), {4.5, 5.5, 45, 55, 9.5, 10.5, 95, 105}, 1e-6);
  /* The largest weighted element of one sample per cell, in the middle of four. */
  close("maximum", run(1, 0, 1, 0.5f), {2.5, 3, 25, 30, 5, 5.5, 50, 55}, 1e-6);
}
