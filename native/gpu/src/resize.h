/* Interpolation along one axis of [outer, in, inner]; several axes are such ones after another. */

/* Numbered as Resize.Mode and Resize.Rounding of the graph. */
enum { RESIZE_NEAREST, RESIZE_LINEAR, RESIZE_CUBIC };
enum { ROUND_PREFER_FLOOR, ROUND_PREFER_CEIL, ROUND_FLOOR, ROUND_CEIL };

/*
 * Point i of the result lies at (step i + first) / unit in x, exactly: in whole numbers, so that no point falls on the
 * wrong side of an element. reach: how far a point sees, in elements; shrink: 1, or the scale when it averages.
 */
struct ResizeParams {
  int64 step;
  int64 first;
  int64 unit;
  int outer;
  int in;
  int out;
  int inner;
  int mode;
  int rounding;
  int excluding;
  int extrapolating;
  float cubic;
  float reach;
  float shrink;
  float outside;
};

DEVICE float resize_weight(float distance, CONSTANT const ResizeParams &p) {
  float t = m_abs(distance);
  if (p.mode == RESIZE_LINEAR) return t < 1.0f ? 1.0f - t : 0.0f;
  float a = p.cubic;
  if (t <= 1.0f) return ((a + 2.0f) * t - (a + 3.0f)) * t * t + 1.0f;
  return t < 2.0f ? a * (((t - 5.0f) * t + 8.0f) * t - 4.0f) : 0.0f;
}

/* Resize. x: f32 [outer, in, inner]; y: f32 [outer, out, inner]. A thread per element of y. */
KERNEL(resize, GLOBAL const float *x, GLOBAL float *y, PARAMS(ResizeParams) p) {
  int i = GLOBAL_ID_X;
  if (!INSIDE(i < p.outer * p.out * p.inner)) return;
  int line = i / p.inner;
  int point = line % p.out;
  GLOBAL const float *from = x + line / p.out * p.in * p.inner + i - line * p.inner;
  int64 numerator = p.step * point + p.first;
  /* Rounded down, also below zero. */
  int64 whole = numerator / p.unit;
  if (whole * p.unit > numerator) whole--;
  int64 rest = numerator - whole * p.unit;
  if (p.extrapolating && (numerator < 0 || numerator > (int64)(p.in - 1) * p.unit)) {
    y[i] = p.outside;
    return;
  }
  int base = (int)whole;
  if (p.mode == RESIZE_NEAREST) {
    bool up = false;
    switch (p.rounding) {
      case ROUND_PREFER_FLOOR: up = 2 * rest > p.unit; break;
      case ROUND_PREFER_CEIL: up = 2 * rest >= p.unit; break;
      case ROUND_CEIL: up = rest > 0; break;
      default: break;
    }
    int at = base + (up ? 1 : 0);
    y[i] = from[m_min(m_max(at, 0), p.in - 1) * p.inner];
    return;
  }
  float fraction = (float)rest / (float)p.unit;
  /* Elements as far as the point sees, from the first beyond its reach. */
  int first = (int)m_floor(fraction - p.reach) + 1;
  int end = (int)m_ceil(fraction + p.reach);
  float sum = 0.0f;
  float weights = 0.0f;
  for (int k = first; k < end; k++) {
    int element = base + k;
    bool outside = element < 0 || element >= p.in;
    float weight = p.excluding && outside ? 0.0f : resize_weight(((float)k - fraction) * p.shrink, p);
    weights += weight;
    sum += weight * from[m_min(m_max(element, 0), p.in - 1) * p.inner];
  }
  y[i] = sum / weights;
}
