/* Convolutions in which each channel of the result meets one channel of x. */
#ifndef GATUN_DEPTHWISE_H
#define GATUN_DEPTHWISE_H

#include "convolve.h"

/* Rows of a plane whose sums are in registers at once, so that each row of x is loaded once for them. */
#define DOWN_ROWS 4

/* y [rows, vector] of a square window of `size` taps a side, without stride. */
INLINE void depthwise_square(
    int64_t size, int64_t rows, const float *weights, float bias, const float *x, int64_t width,
    float *y, int64_t yStride) {
  floats sum[DOWN_ROWS];
#pragma GCC unroll 4
  for (int64_t r = 0; r < rows; r++) {
    sum[r] = spread(bias);
  }
#pragma GCC unroll 8
  for (int64_t i = 0; i < rows + size - 1; i++) {
#pragma GCC unroll 8
    for (int64_t j = 0; j < size; j++) {
      floats part = load(x + i * width + j);
#pragma GCC unroll 4
      for (int64_t r = 0; r < rows; r++) {
        if (i >= r && i < r + size) {
          sum[r] = fused(spread(weights[(i - r) * size + j]), part, sum[r]);
        }
      }
    }
  }
#pragma GCC unroll 4
  for (int64_t r = 0; r < rows; r++) {
    store(y + r * yStride, sum[r]);
  }
}

INLINE void depthwise_squares(
    int64_t size, const strip *s, const float *weights, float bias, const float *x, float *y) {
  int64_t stride = whole_columns(s);
  int64_t row = 0;
  for (; row + DOWN_ROWS <= s->rows; row += DOWN_ROWS) {
    for (int64_t j = 0; j < s->columns; j += LANES) {
      depthwise_square(
          size, DOWN_ROWS, weights, bias, x + row * s->width + j, s->width, y + row * stride + j,
          stride);
    }
  }
  for (; row < s->rows; row++) {
    for (int64_t j = 0; j < s->columns; j += LANES) {
      depthwise_square(
          size, 1, weights, bias, x + row * s->width + j, s->width, y + row * stride + j, stride);
    }
  }
}

/* Any taps: four vectors of pixels at a time, which may go on in the next row. */
INLINE void depthwise_taps(
    const strip *s, const int64_t *offsets, int64_t taps, const float *weights, float bias,
    const float *x, float *y) {
  for (int64_t at = 0; at < s->pixels; at += 4 * LANES) {
    floats sum[4] = {spread(bias), spread(bias), spread(bias), spread(bias)};
    for (int64_t t = 0; t < taps; t++) {
      const float *from = x + at + offsets[t];
      floats factor = spread(weights[t]);
#pragma GCC unroll 4
      for (int64_t v = 0; v < 4; v++) {
        sum[v] = fused(factor, load(from + v * LANES), sum[v]);
      }
    }
#pragma GCC unroll 4
    for (int64_t v = 0; v < 4; v++) {
      store(y + at + v * LANES, sum[v]);
    }
  }
}

static void depthwise(
    const int64_t *numbers, int64_t out, const float *x, const float *weights, const float *bias,
    float *y, const gatun_part *parts, int64_t count, int64_t fromRow, int64_t toRow,
    int64_t fromColumn, int64_t toColumn, int64_t fromChannel, int64_t toChannel,
    float *scratch) {
  const windows *w = (const windows *)numbers;
  strip s = strip_of(w, toRow - fromRow, toColumn - fromColumn);
  int64_t taps = w->kernel[1] * w->kernel[2];
  int64_t *offsets = (int64_t *)(void *)scratch;
  float *sums = scratch + 2 * taps;
  float *planes = sums + sums_stride(&s);
  int64_t yPlane = w->result[1] * w->result[2];
  int64_t first = fromRow * w->result[2] + fromColumn;
  int plain = w->stride[1] == 1 && w->stride[2] == 1 && w->dilation[1] == 1 &&
              w->dilation[2] == 1 && w->kernel[1] == w->kernel[2];
  /* Where vectors would be half empty, they go on in the next row. */
  int64_t used = (s.columns + LANES - 1) / LANES * LANES;
  int64_t square = plain && used < s.width + LANES / 2 ? w->kernel[1] : 0;
  tap_offsets(w, &s, offsets);
  int64_t filled = -1;
  for (int64_t row = fromChannel; row < toChannel; row++) {
    if (row / out != filled) {
      filled = row / out;
      fill_plane(w, &s, x + filled * w->size[1] * w->size[2], fromRow, fromColumn, planes);
    }
    const float *factors = weights + row * taps;
    if (square == 3) {
      depthwise_squares(3, &s, factors, bias[row], planes, sums);
    } else if (square == 5) {
      depthwise_squares(5, &s, factors, bias[row], planes, sums);
    } else {
      depthwise_taps(&s, offsets, taps, factors, bias[row], planes, sums);
    }
    close_gaps(&s, square == 3 || square == 5 ? whole_columns(&s) : s.width, sums);
    finish(parts, count, sums, y, row * yPlane + first, s.rows * s.columns);
  }
}

#endif
