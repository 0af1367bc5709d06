/* Grids for GridSample. */

struct AffineGridParams {
  int count;      /* numbers of y */
  int axes;       /* 1 to 3 */
  int extents[3]; /* of the grid, outermost first */
  int align_corners;
};

/*
 * y[b, .., axis] = theta[b, axis, 0 .. axes) . place + theta[b, axis, axes], place being that of the point, the last axis
 * first, from -1 to 1: AffineGrid. theta: f32 [batch, axes, axes + 1]; y: f32 [batch, extents .., axes]. A thread per
 * number of y.
 */
KERNEL(affine_grid, GLOBAL const float *theta, GLOBAL float *y, PARAMS(AffineGridParams) p) {
  int i = GLOBAL_ID_X;
  if (!INSIDE(i < p.count)) return;
  int axis = i % p.axes, point = i / p.axes;
  int points = 1;
  for (int k = 0; k < p.axes; k++) points *= p.extents[k];
  GLOBAL const float *row = theta + (point / points * p.axes + axis) * (p.axes + 1);
  float sum = row[p.axes];
  for (int k = 0; k < p.axes; k++) {
    int extent = p.extents[p.axes - 1 - k], at = point % extent;
    point /= extent;
    float place = p.align_corners ? (extent == 1 ? 0.0f : 2.0f * float(at) / float(extent - 1) - 1.0f)
                                  : float(2 * at + 1) / float(extent) - 1.0f;
    sum += row[k] * place;
  }
  y[i] = sum;
}
