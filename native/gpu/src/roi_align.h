/* Averages or maxima of parts of feature maps: RoiAlign (He et al. 2017). */

struct RoiParams {
  int count;
  int channels;
  int in_height;
  int in_width;
  int height;
  int width;
  int sampling;
  int max;
  int half_pixel;
  int wide;
  int pictures;
  float scale;
};

/* Of the four elements around a place, weighted: their largest, or their sum. */
DEVICE float roi_sample(GLOBAL const float *x, float row, float column, CONSTANT const RoiParams &p) {
  int h = p.in_height;
  int w = p.in_width;
  if (row < -1.0f || row > (float)h || column < -1.0f || column > (float)w) return 0.0f;
  float r = m_max(row, 0.0f);
  float c = m_max(column, 0.0f);
  int top = m_min((int)r, h - 1);
  int left = m_min((int)c, w - 1);
  int bottom = m_min(top + 1, h - 1);
  int right = m_min(left + 1, w - 1);
  float down = top == h - 1 ? 0.0f : r - (float)top;
  float across = left == w - 1 ? 0.0f : c - (float)left;
  float a = x[top * w + left] * (1.0f - down) * (1.0f - across);
  float b = x[top * w + right] * (1.0f - down) * across;
  float d = x[bottom * w + left] * down * (1.0f - across);
  float e = x[bottom * w + right] * down * across;
  return p.max ? m_max(m_max(a, b), m_max(d, e)) : a + b + d + e;
}

/*
 * x: f32 [pictures, channels, in_height, in_width]; boxes: f32 [boxes, 4], left, top, right, bottom; picture: of each box,
 * i32 or, when wide, i64, counted from the end when negative; y: f32 [boxes, channels, height, width], count elements, NaN
 * where there is no such picture. sampling: samples of a cell along an axis, 0 for as many as there are elements.
 * A thread per element of y.
 */
KERNEL(roi_align, GLOBAL const float *x, GLOBAL const float *boxes, GLOBAL const void *picture, GLOBAL float *y,
       PARAMS(RoiParams) p) {
  int i = GLOBAL_ID_X;
  if (!INSIDE(i < p.count)) return;
  int plane = i / (p.height * p.width);
  int cell = i - plane * p.height * p.width;
  int box = plane / p.channels;
  int64 index = p.wide ? ((GLOBAL const int64 *)picture)[box] : (int64)((GLOBAL const int *)picture)[box];
  if (index < 0) index += p.pictures;
  if (index < 0 || index >= p.pictures) {
    y[i] = bits_float(0x7fc00000u);
    return;
  }
  GLOBAL const float *of = boxes + box * 4;
  GLOBAL const float *from = x + ((int)index * p.channels + plane - box * p.channels) * p.in_height * p.in_width;
  float shift = p.half_pixel ? 0.5f : 0.0f;
  float left = of[0] * p.scale - shift;
  float top = of[1] * p.scale - shift;
  float across = of[2] * p.scale - shift - left;
  float down = of[3] * p.scale - shift - top;
  if (!p.half_pixel) {
    across = m_max(across, 1.0f);
    down = m_max(down, 1.0f);
  }
  int rows = p.sampling > 0 ? p.sampling : (int)m_ceil(down / (float)p.height);
  int columns = p.sampling > 0 ? p.sampling : (int)m_ceil(across / (float)p.width);
  float cell_height = down / (float)p.height;
  float cell_width = across / (float)p.width;
  int cell_row = cell / p.width;
  int cell_column = cell - cell_row * p.width;
  float sum = p.max ? bits_float(0xff800000u) : 0.0f;
  for (int r = 0; r < rows; r++) {
    float row = top + cell_height * ((float)cell_row + ((float)r + 0.5f) / (float)rows);
    for (int c = 0; c < columns; c++) {
      float column = left + cell_width * ((float)cell_column + ((float)c + 0.5f) / (float)columns);
      float sample = roi_sample(from, row, column, p);
      sum = p.max ? m_max(sum, sample) : sum + sample;
    }
  }
  int samples = m_max(rows, 0) * m_max(columns, 0);
  y[i] = samples == 0 ? 0.0f : p.max ? sum : sum / (float)samples;
}
