#include "check.h"

struct DenseParams {
  int m, n, k, transposed, rank, extent[8], a[8], b[8];
};

/* a: [2, m, k]; b: one matrix for both. */
static void dense(const char *kernel, int m, int n, int k, bool transposed) {
  Random random(40);
  std::vector<float> a = random.floats(static_cast<size_t>(2 * m * k)), b = random.floats(static_cast<size_t>(k * n));
  std::vector<double> expected;
  for (int row = 0; row < 2 * m; row++) {
    for (int column = 0; column < n; column++) {
      double sum = 0;
      for (int i = 0; i < k; i++) {
        sum += double(a[static_cast<size_t>(row * k + i)]) *
               b[static_cast<size_t>(transposed ? column * k + i : i * n + column)];
      }
      expected.push_back(sum);
    }
  }
  Memory ma(a), mb(b), my(expected.size() * 4);
  DenseParams p{m, n, k, transposed, 1, {2}, {1}, {0}};
  Grid grid = std::strcmp(kernel, "dense_matmul") == 0 ? Grid{groups(n, 64), groups(m, 64), 2, 256}
                                                        : Grid{groups(m * n * 32, 64), 1, 2, 64};
  launch(kernel, grid, {&ma, &mb, &my}, &p);
  close(std::string(kernel) + (transposed ? ", transposed" : ""), my.values<float>(), expected, 1e-5);
}

TEST(dense_matmul) {
  dense("dense_matmul", 70, 68, 20, false);
  dense("dense_matmul", 6, 68, 34, true);
}

TEST(dense_matvec) {
  dense("dense_matvec", 1, 17, 40, false);
  dense("dense_matvec", 3, 5, 40, true);
}
