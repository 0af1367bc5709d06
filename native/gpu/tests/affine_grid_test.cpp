#include "check.h"

struct AffineGridParams {
  int count, axes, extents[3], align_corners;
};

TEST(affine_grid) {
  /* Two batches of 2 x 3 points: the places themselves, and others. */
  std::vector<float> theta{1, 0, 0, 0, 1, 0, 2, -1, 0.5f, 0, 3, -1};
  for (int align = 0; align < 2; align++) {
    AffineGridParams p{24, 2, {2, 3, 0}, align};
    Memory mt(theta), my(sizeof(float) * 24);
    launch("affine_grid", {1, 1, 1, 32}, {&mt, &my}, &p);
    std::vector<double> expected;
    for (int b = 0; b < 2; b++) {
      for (int h = 0; h < 2; h++) {
        for (int w = 0; w < 3; w++) {
          double x = align ? w - 1 : (2 * w + 1) / 3.0 - 1, y = align ? 2 * h - 1 : (2 * h + 1) / 2.0 - 1;
          for (int axis = 0; axis < 2; axis++) {
            const float *row = &theta[static_cast<size_t>(6 * b + 3 * axis)];
            expected.push_back(row[0] * x + row[1] * y + row[2]);
          }
        }
      }
    }
    close("affine_grid", my.values<float>(), expected, 1e-6);
  }
  /* One axis of one point. */
  AffineGridParams one{1, 1, {1, 0, 0}, 1};
  std::vector<float> line{5, 7};
  Memory ml(line), my(sizeof(float));
  launch("affine_grid", {1, 1, 1, 32}, {&ml, &my}, &one);
  close("affine_grid of a point", my.values<float>(), {7}, 1e-6);
}
