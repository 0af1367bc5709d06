/*
 * Convolutions over one to three spatial axes (missing ones have extent 1), channels first.
 * Arrays are [depth, height, width].
 */

#include "finish.h"

/* in, out: channels of one group. size: of kernels. Weights: f32 [groups * out, in, size..]. */
struct ConvParams {
  int batch;
  int groups;
  int in;
  int out;
  int biased;
  int pixels;
  int x[3];
  int y[3];
  int size[3];
  int stride[3];
  int dilation[3];
  int before[3];
  Finish finish;
};

/* Pixels of a tile, and how deep a tile is. */
#define CONV_PIXELS 64
#define CONV_DEPTH 16

/*
 * As an implicit product of weights [out, depth] and patches [depth, pixels], depth = in * size (Chellapilla, Puri,
 * Simard 2006, without ever storing the patches): tiles of 16 ROWS channels by 64 pixels, of which each of 256 threads
 * holds ROWS by 4 numbers. Rows of weights are one number longer, so that threads store to different banks.
 */
template <int ROWS>
DEVICE void conv_tile(Place at, SHARED_PTR float *weights, SHARED_PTR float *patches, GLOBAL const float *x,
                      GLOBAL const float *w, GLOBAL const float *bias, GLOBAL const float *a, GLOBAL const float *b,
                      GLOBAL float *y, CONSTANT const ConvParams &p) {
  int group = at.z % p.groups;
  int n = at.z / p.groups;
  int firstRow = at.y * 16 * ROWS;
  int taps = p.size[0] * p.size[1] * p.size[2];
  int area = p.x[1] * p.x[2];
  int volume = p.x[0] * area;
  int depth = p.in * taps;
  GLOBAL const float *image = x + (n * p.groups + group) * p.in * volume;
  GLOBAL const float *matrix = w + group * p.out * depth;

  /* The pixel that this thread loads, and where its patch begins. */
  int pixel = at.x * CONV_PIXELS + at.id % CONV_PIXELS;
  int px = pixel % p.y[2];
  int py = pixel / p.y[2] % p.y[1];
  int pz = pixel / p.y[2] / p.y[1];
  int x0 = px * p.stride[2] - p.before[2];
  int y0 = py * p.stride[1] - p.before[1];
  int z0 = pz * p.stride[0] - p.before[0];

  float sum[ROWS][4];
  UNROLL
  for (int r = 0; r < ROWS; r++) {
    UNROLL
    for (int c = 0; c < 4; c++) sum[r][c] = 0.0f;
  }
  for (int start = 0; start < depth; start += CONV_DEPTH) {
    UNROLL
    for (int i = 0; i < ROWS; i++) {
      int element = at.id + 256 * i;
      int k = element % CONV_DEPTH;
      int row = element / CONV_DEPTH;
      bool inside = INSIDE(firstRow + row < p.out);
      inside = inside && INSIDE(start + k < depth);
      weights[k * (16 * ROWS + 1) + row] = inside ? matrix[(firstRow + row) * depth + start + k] : 0.0f;
    }
    UNROLL
    for (int i = 0; i < 4; i++) {
      int k = at.id / CONV_PIXELS + 4 * i;
      int tap = start + k;
      float value = 0.0f;
      /* A pixel that is not there reads some other one; its sum is not stored. */
      if (INSIDE(tap < depth)) {
        int channel = tap / taps;
        int rest = tap - channel * taps;
        int kx = rest % p.size[2];
        int ky = rest / p.size[2] % p.size[1];
        int kz = rest / p.size[2] / p.size[1];
        int ix = x0 + kx * p.dilation[2];
        int iy = y0 + ky * p.dilation[1];
        int iz = z0 + kz * p.dilation[0];
        bool met = INSIDE(ix >= 0 && ix < p.x[2]);
        met = met && INSIDE(iy >= 0 && iy < p.x[1]);
        met = met && INSIDE(iz >= 0 && iz < p.x[0]);
        if (met) {
          value = image[channel * volume + iz * area + iy * p.x[2] + ix];
        }
      }
      patches[k * CONV_PIXELS + at.id % CONV_PIXELS] = value;
    }
    BARRIER();
    UNROLL
    for (int k = 0; k < CONV_DEPTH; k++) {
      float left[ROWS];
      float right[4];
      UNROLL
      for (int r = 0; r < ROWS; r++) left[r] = weights[k * (16 * ROWS + 1) + at.id / 16 + 16 * r];
      UNROLL
      for (int c = 0; c < 4; c++) right[c] = patches[k * CONV_PIXELS + at.id % 16 + 16 * c];
      UNROLL
      for (int r = 0; r < ROWS; r++) {
        UNROLL
        for (int c = 0; c < 4; c++) sum[r][c] += left[r] * right[c];
      }
    }
    BARRIER();
  }
  UNROLL
  for (int r = 0; r < ROWS; r++) {
    int row = firstRow + at.id / 16 + 16 * r;
    UNROLL
    for (int c = 0; c < 4; c++) {
      int column = at.x * CONV_PIXELS + at.id % 16 + 16 * c;
      bool inside = INSIDE(row < p.out);
      inside = inside && INSIDE(column < p.pixels);
      if (inside) {
        int channel = group * p.out + row;
        int to = (n * p.groups * p.out + channel) * p.pixels + column;
        float result = sum[r][c] + (p.biased ? bias[channel] : 0.0f);
        y[to] = p.finish.functions ? result : finished<false>(result, to, a, b, p.finish);
      }
    }
  }
  /* Functions: again over the same results, in a loop that is not unrolled. */
  for (int i = 0; p.finish.functions && i < ROWS * 4; i++) {
    int row = firstRow + at.id / 16 + 16 * (i / 4);
    int column = at.x * CONV_PIXELS + at.id % 16 + 16 * (i % 4);
    bool inside = INSIDE(row < p.out);
    inside = inside && INSIDE(column < p.pixels);
    if (inside) {
      int to = ((n * p.groups + group) * p.out + row) * p.pixels + column;
      y[to] = finished<true>(y[to], to, a, b, p.finish);
    }
  }
}

/*
 * Conv. x: f32 [batch, groups * in, x..]; w; bias: f32 [groups * out] if biased; a, b: other values of the finish, shaped
 * as y; y: f32 [batch, groups * out, y..]. Grid: ceil(pixels / 64), ceil(out / 16, 32 or 64), batch * groups; 256 threads.
 */
KERNEL(conv_16, GLOBAL const float *x, GLOBAL const float *w, GLOBAL const float *bias, GLOBAL const float *a,
       GLOBAL const float *b, GLOBAL float *y, PARAMS(ConvParams) p) {
  SHARED(float, weights, 17 * CONV_DEPTH);
  SHARED(float, patches, CONV_PIXELS * CONV_DEPTH);
  conv_tile<1>(PLACE, weights, patches, x, w, bias, a, b, y, p);
}
KERNEL(conv_32, GLOBAL const float *x, GLOBAL const float *w, GLOBAL const float *bias, GLOBAL const float *a,
       GLOBAL const float *b, GLOBAL float *y, PARAMS(ConvParams) p) {
  SHARED(float, weights, 33 * CONV_DEPTH);
  SHARED(float, patches, CONV_PIXELS * CONV_DEPTH);
  conv_tile<2>(PLACE, weights, patches, x, w, bias, a, b, y, p);
}
KERNEL(conv_64, GLOBAL const float *x, GLOBAL const float *w, GLOBAL const float *bias, GLOBAL const float *a,
       GLOBAL const float *b, GLOBAL float *y, PARAMS(ConvParams) p) {
  SHARED(float, weights, 65 * CONV_DEPTH);
  SHARED(float, patches, CONV_PIXELS * CONV_DEPTH);
  conv_tile<4>(PLACE, weights, patches, x, w, bias, a, b, y, p);
}

/*
 * Conv of few pixels, such as of one: a SIMD group per number of y. Arguments as above.
 * Grid: ceil(batch * groups * out * pixels * 32 / threads).
 */
KERNEL(conv_point, GLOBAL const float *x, GLOBAL const float *w, GLOBAL const float *bias, GLOBAL const float *a,
       GLOBAL const float *b, GLOBAL float *y, PARAMS(ConvParams) p) {
  int element = GLOBAL_ID_X >> 5;
  int channels = p.groups * p.out;
  bool inside = INSIDE(element < p.batch * channels * p.pixels);
  int pixel = element % p.pixels;
  int channel = element / p.pixels % channels;
  int n = element / p.pixels / channels;
  int x0 = pixel % p.y[2] * p.stride[2] - p.before[2];
  int y0 = pixel / p.y[2] % p.y[1] * p.stride[1] - p.before[1];
  int z0 = pixel / p.y[2] / p.y[1] * p.stride[0] - p.before[0];
  int taps = p.size[0] * p.size[1] * p.size[2];
  int depth = p.in * taps;
  int first = (n * p.groups + channel / p.out) * p.in;
  float sum = 0.0f;
  for (int k = LANE; inside && k < depth; k += 32) {
    int in = k / taps;
    int rest = k - in * taps;
    int ix = x0 + rest % p.size[2] * p.dilation[2];
    int iy = y0 + rest / p.size[2] % p.size[1] * p.dilation[1];
    int iz = z0 + rest / p.size[2] / p.size[1] * p.dilation[0];
    bool met = INSIDE(ix >= 0 && ix < p.x[2]);
    met = met && INSIDE(iy >= 0 && iy < p.x[1]);
    met = met && INSIDE(iz >= 0 && iz < p.x[0]);
    if (met) {
      sum += w[channel * depth + k] * x[(((first + in) * p.x[0] + iz) * p.x[1] + iy) * p.x[2] + ix];
    }
  }
  sum = SIMD_SUM(sum);
  if (inside && LANE == 0) {
    y[element] = finished<true>(sum + (p.biased ? bias[channel] : 0.0f), element, a, b, p.finish);
  }
}

/* Conv with one channel in each group: a thread per number of y. Arguments as above. */
KERNEL(conv_depthwise, GLOBAL const float *x, GLOBAL const float *w, GLOBAL const float *bias, GLOBAL const float *a,
       GLOBAL const float *b, GLOBAL float *y, PARAMS(ConvParams) p) {
  int i = GLOBAL_ID_X;
  int channels = p.groups * p.out;
  if (!INSIDE(i < p.batch * channels * p.pixels)) return;
  int pixel = i % p.pixels;
  int channel = i / p.pixels % channels;
  int n = i / p.pixels / channels;
  int x0 = pixel % p.y[2] * p.stride[2] - p.before[2];
  int y0 = pixel / p.y[2] % p.y[1] * p.stride[1] - p.before[1];
  int z0 = pixel / p.y[2] / p.y[1] * p.stride[0] - p.before[0];
  int area = p.x[1] * p.x[2];
  GLOBAL const float *image = x + (n * p.groups + channel / p.out) * p.x[0] * area;
  GLOBAL const float *tap = w + channel * p.size[0] * p.size[1] * p.size[2];
  float sum = p.biased ? bias[channel] : 0.0f;
  for (int kz = 0; kz < p.size[0]; kz++) {
    int iz = z0 + kz * p.dilation[0];
    for (int ky = 0; ky < p.size[1]; ky++) {
      int iy = y0 + ky * p.dilation[1];
      for (int kx = 0; kx < p.size[2]; kx++, tap++) {
        int ix = x0 + kx * p.dilation[2];
        bool met = INSIDE(ix >= 0 && ix < p.x[2]);
        met = met && INSIDE(iy >= 0 && iy < p.x[1]);
        met = met && INSIDE(iz >= 0 && iz < p.x[0]);
        if (met) {
          sum += *tap * image[iz * area + iy * p.x[2] + ix];
        }
      }
    }
  }
  y[i] = finished<true>(sum, i, a, b, p.finish);
}

/*
 * ConvTranspose: a thread per number of y adds up what reaches it. x: f32 [batch, groups * in, x..];
 * w: f32 [groups * in, out, size..]; the rest as above.
 */
KERNEL(conv_transpose, GLOBAL const float *x, GLOBAL const float *w, GLOBAL const float *bias, GLOBAL const float *a,
       GLOBAL const float *b, GLOBAL float *y, PARAMS(ConvParams) p) {
  int i = GLOBAL_ID_X;
  int channels = p.groups * p.out;
  if (!INSIDE(i < p.batch * channels * p.pixels)) return;
  int pixel = i % p.pixels;
  int channel = i / p.pixels % channels;
  int n = i / p.pixels / channels;
  int px = pixel % p.y[2] + p.before[2];
  int py = pixel / p.y[2] % p.y[1] + p.before[1];
  int pz = pixel / p.y[2] / p.y[1] + p.before[0];
  int area = p.x[1] * p.x[2];
  int volume = p.x[0] * area;
  int taps = p.size[0] * p.size[1] * p.size[2];
  int first = channel / p.out * p.in;
  GLOBAL const float *image = x + (n * p.groups * p.in + first) * volume;
  GLOBAL const float *matrix = w + (first * p.out + channel % p.out) * taps;
  float sum = p.biased ? bias[channel] : 0.0f;
  for (int tap = 0; tap < taps; tap++) {
    /* What lies this many strides before; not whole or negative where nothing reaches the pixel. */
    int sx = px - tap % p.size[2] * p.dilation[2];
    int sy = py - tap / p.size[2] % p.size[1] * p.dilation[1];
    int sz = pz - tap / p.size[2] / p.size[1] * p.dilation[0];
    int ix = sx / p.stride[2];
    int iy = sy / p.stride[1];
    int iz = sz / p.stride[0];
    bool reached = ix * p.stride[2] == sx && iy * p.stride[1] == sy && iz * p.stride[0] == sz;
    reached = reached && INSIDE(sx >= 0 && ix < p.x[2]);
    reached = reached && INSIDE(sy >= 0 && iy < p.x[1]);
    reached = reached && INSIDE(sz >= 0 && iz < p.x[0]);
    if (reached) {
      int from = iz * area + iy * p.x[2] + ix;
      for (int c = 0; c < p.in; c++) sum += matrix[c * p.out * taps + tap] * image[c * volume + from];
    }
  }
  y[i] = finished<true>(sum, i, a, b, p.finish);
}
