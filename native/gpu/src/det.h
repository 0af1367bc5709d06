/* Determinants. */

struct DetParams {
  int count;
  int n;
};

/*
 * y[i] = determinant of x[i]: Det, by elimination with partial pivoting. x: f32 [count, n, n], which is overwritten;
 * y: f32 [count]. A thread per matrix.
 */
KERNEL(det, GLOBAL float *x, GLOBAL float *y, PARAMS(DetParams) p) {
  int i = GLOBAL_ID_X;
  if (!INSIDE(i < p.count)) return;
  GLOBAL float *rows = x + i * p.n * p.n;
  float product = 1.0f;
  for (int k = 0; k < p.n; k++) {
    int pivot = k;
    for (int row = k + 1; row < p.n; row++) {
      if (m_abs(rows[row * p.n + k]) > m_abs(rows[pivot * p.n + k])) pivot = row;
    }
    float top = rows[pivot * p.n + k];
    if (top == 0.0f) {
      product = 0.0f;
      break;
    }
    for (int column = k; pivot != k && column < p.n; column++) {
      float other = rows[k * p.n + column];
      rows[k * p.n + column] = rows[pivot * p.n + column];
      rows[pivot * p.n + column] = other;
    }
    product *= pivot == k ? top : -top;
    for (int row = k + 1; row < p.n; row++) {
      float factor = rows[row * p.n + k] / top;
      for (int column = k + 1; column < p.n; column++) {
        rows[row * p.n + column] -= factor * rows[k * p.n + column];
      }
    }
  }
  y[i] = product;
}
