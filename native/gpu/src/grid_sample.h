/* Samples of pictures and volumes at places that a grid gives: GridSample (Jaderberg et al. 2015). */

#define GRID_AXES 3

/* Numbered as GridSample.Mode and GridSample.Padding of the graph. */
enum { GRID_LINEAR, GRID_NEAREST, GRID_CUBIC };
enum { GRID_ZEROS, GRID_BORDER, GRID_REFLECTION };

/* extent: of the axes, outermost first; corners: whether the ends are centres of elements, else their edges. */
struct GridParams {
  int batch;
  int channels;
  int points;
  int axes;
  int mode;
  int padding;
  int corners;
  int extent[GRID_AXES];
};

DEVICE float grid_reflect(float x, float low, float high) {
  float range = high - low;
  if (range == 0.0f || m_isnan(x) || m_abs(x) == bits_float(0x7f800000u)) return low;
  float distance = m_fmod(m_abs(x - low), 2.0f * range);
  return low + (distance > range ? 2.0f * range - distance : distance);
}

DEVICE float grid_bounded(float at, int extent, CONSTANT const GridParams &p) {
  float last = (float)(extent - 1);
  if (p.padding == GRID_ZEROS) return at;
  if (p.padding == GRID_REFLECTION && p.corners) return grid_reflect(at, 0.0f, last);
  if (p.padding == GRID_REFLECTION) at = grid_reflect(at, -0.5f, last + 0.5f);
  return m_isnan(at) ? at : m_min(m_max(at, 0.0f), last);
}

/* Weight of the element at a distance of the cubic's point (Keys 1981, coefficient -0.75). */
DEVICE float grid_cubic(float distance) {
  float a = -0.75f;
  float t = m_abs(distance);
  return t <= 1.0f ? ((a + 2.0f) * t - (a + 3.0f)) * t * t + 1.0f : ((a * t - 5.0f * a) * t + 8.0f * a) * t - 4.0f * a;
}

/*
 * x: f32 [batch, channels, extents..]; grid: f32 [batch, points, axes], the innermost axis first, -1 and 1 the ends;
 * y: f32 [batch, channels, points]. A thread per element of y.
 */
KERNEL(grid_sample, GLOBAL const float *x, GLOBAL const float *grid, GLOBAL float *y, PARAMS(GridParams) p) {
  int i = GLOBAL_ID_X;
  if (!INSIDE(i < p.batch * p.channels * p.points)) return;
  int line = i / p.points;
  GLOBAL const float *places = grid + (line / p.channels * p.points + i - line * p.points) * p.axes;
  int first[GRID_AXES];
  float rest[GRID_AXES];
  int plane = 1;
  bool missing = false;
  for (int d = 0; d < p.axes; d++) {
    float place = places[p.axes - 1 - d];
    float extent = (float)p.extent[d];
    float at = p.corners ? (place + 1.0f) / 2.0f * (extent - 1.0f) : ((place + 1.0f) * extent - 1.0f) / 2.0f;
    if (p.mode == GRID_NEAREST) at = m_rint(at);
    if (p.mode != GRID_CUBIC) at = grid_bounded(at, p.extent[d], p);
    missing = missing || m_isnan(at);
    float whole = m_floor(m_min(m_max(at, -1e9f), 1e9f));
    rest[d] = at - whole;
    first[d] = (int)whole - (p.mode == GRID_CUBIC ? 1 : 0);
    plane *= p.extent[d];
  }
  if (missing) {
    y[i] = bits_float(0x7fc00000u);
    return;
  }
  int taps = p.mode == GRID_CUBIC ? 4 : p.mode == GRID_LINEAR ? 2 : 1;
  int all = 1;
  for (int d = 0; d < p.axes; d++) all *= taps;
  float sum = 0.0f;
  for (int t = 0; t < all; t++) {
    int left = t;
    int offset = 0;
    int stride = 1;
    float weight = 1.0f;
    for (int d = p.axes - 1; d >= 0; d--) {
      int tap = left % taps;
      left /= taps;
      int index = first[d] + tap;
      if (p.mode == GRID_CUBIC) {
        weight *= grid_cubic(rest[d] + 1.0f - (float)tap);
        if (p.padding != GRID_ZEROS) index = (int)grid_bounded((float)index, p.extent[d], p);
      } else if (p.mode == GRID_LINEAR) {
        weight *= tap == 0 ? 1.0f - rest[d] : rest[d];
      }
      bool inside = INSIDE(index >= 0 && index < p.extent[d]);
      if (!inside) weight = 0.0f;
      offset += (inside ? index : 0) * stride;
      stride *= p.extent[d];
    }
    if (weight != 0.0f) sum += weight * x[line * plane + offset];
  }
  y[i] = sum;
}
