/*
 * Convolutions as products of packed weights with rows of x that taps meet: of x as it lies where windows
 * have one element, else of its copy with padding, whose rows overlap.
 */
#ifndef GATUN_CONVOLVE_H
#define GATUN_CONVOLVE_H

#include "finish.h"
#include "product.h"
#include "window.h"

#if PRODUCT_VECTORS > 2
#define PIXEL_VECTORS 4
#else
#define PIXEL_VECTORS 2
#endif

INLINE int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }

/* y[b][j] = row[start + j across + b], 0 outside of the row, for all phases b. */
INLINE void fill_row(
    const float *row, int64_t size, int64_t start, int64_t stride, const strip *s, float *y) {
  for (int64_t b = 0; b < s->across; b++) {
    int64_t first = start + b;
    float *to = y + b * s->plane;
    int64_t before = first >= 0 ? 0 : least(s->width, (-first + stride - 1) / stride);
    int64_t room = size - 1 - first;
    int64_t end = room < 0 ? before : most(before, least(s->width, room / stride + 1));
    const float *from = row + first;
    for (int64_t j = 0; j < before; j++) {
      to[j] = 0;
    }
    int64_t j = before;
    if (stride == 1) {
      memcpy(to + j, from + j, (size_t)(4 * (end - j)));
    } else {
      if (stride == 2) {
        /* The last element of the second vector is beyond what is wanted, maybe beyond the row. */
        for (; j + LANES < end; j += LANES) {
          store(to + j, every_second(load(from + 2 * j), load(from + 2 * j + LANES)));
        }
      }
      for (; j < end; j++) {
        to[j] = from[j * stride];
      }
    }
    for (j = end; j < s->width; j++) {
      to[j] = 0;
    }
  }
}

/* The phases' planes of a plane of x. */
INLINE void fill_plane(
    const windows *w, const strip *s, const float *x, int64_t fromRow, int64_t fromColumn,
    float *y) {
  int64_t start = fromColumn * w->stride[2] - w->before[2];
  for (int64_t a = 0; a < s->down; a++) {
    float *planes = y + a * s->across * s->plane;
    for (int64_t i = 0; i < s->height; i++) {
      int64_t row = (fromRow + i) * w->stride[1] + a - w->before[1];
      if (row < 0 || row >= w->size[1]) {
        for (int64_t b = 0; b < s->across; b++) {
          memset(planes + b * s->plane + i * s->width, 0, (size_t)(4 * s->width));
        }
      } else {
        fill_row(
            x + row * w->size[2], w->size[2], start, w->stride[2], s, planes + i * s->width);
      }
    }
  }
}

/* Where in a channel's planes each tap's pixels start. */
INLINE void tap_offsets(const windows *w, const strip *s, int64_t *offsets) {
  for (int64_t i = 0; i < w->kernel[1]; i++) {
    int64_t row = i * w->dilation[1];
    for (int64_t j = 0; j < w->kernel[2]; j++) {
      int64_t column = j * w->dilation[2];
      int64_t phase = row % w->stride[1] * s->across + column % w->stride[2];
      *offsets++ = phase * s->plane + row / w->stride[1] * s->width + column / w->stride[2];
    }
  }
}

/* sums [rows, vectors] = bias + weights [depth, rows] x, with x [channels, taps] rows of pixels. */
INLINE void convolve_tile(
    int rows, int vectors, const float *weights, const float *bias, const float *x,
    int64_t channels, int64_t channel, const int64_t *offsets, int64_t taps, float *y,
    int64_t yStride) {
  floats sum[GATUN_CPU_CHANNELS][PIXEL_VECTORS];
#pragma GCC unroll 8
  for (int r = 0; r < rows; r++) {
#pragma GCC unroll 8
    for (int v = 0; v < vectors; v++) {
      sum[r][v] = spread(bias[r]);
    }
  }
  for (int64_t c = 0; c < channels; c++) {
    for (int64_t t = 0; t < taps; t++) {
      const float *from = x + offsets[t];
      floats part[PIXEL_VECTORS];
#pragma GCC unroll 8
      for (int v = 0; v < vectors; v++) {
        part[v] = load(from + v * LANES);
      }
#pragma GCC unroll 8
      for (int r = 0; r < rows; r++) {
        floats factor = spread(weights[r]);
#pragma GCC unroll 8
        for (int v = 0; v < vectors; v++) {
          sum[r][v] = fused(factor, part[v], sum[r][v]);
        }
      }
      weights += rows;
    }
    x += channel;
  }
#pragma GCC unroll 8
  for (int r = 0; r < rows; r++) {
#pragma GCC unroll 8
    for (int v = 0; v < vectors; v++) {
      store(y + r * yStride + v * LANES, sum[r][v]);
    }
  }
}

/* Where pixels come from, and where their sums go. */
typedef struct {
  const float *x;
  int64_t channels, channel; /* how many, and elements of one */
  const int64_t *offsets;
  int64_t taps;
  float *sums;
  int64_t stride;
} pixels;

INLINE void convolve_vectors(
    int rows, int64_t vectors, const float *weights, const float *bias, const pixels *p,
    int64_t at) {
#define PIXELS_OF(n)                                                                               \
  case n:                                                                                          \
    convolve_tile(                                                                                 \
        rows, n, weights, bias, p->x + at, p->channels, p->channel, p->offsets, p->taps,           \
        p->sums + at, p->stride);                                                                  \
    break;
  switch (vectors) {
    PIXELS_OF(1)
    PIXELS_OF(2)
#if PIXEL_VECTORS > 2
    PIXELS_OF(3)
    PIXELS_OF(4)
#endif
    default:
      break;
  }
#undef PIXELS_OF
}

/*
 * All pixels of a tile of channels. Vectors may reach beyond the last pixel by `slack` elements; where
 * that is not enough, the last vector starts before others end.
 */
INLINE void convolve_rows(
    int rows, const float *weights, const float *bias, const pixels *p, int64_t count,
    int64_t slack) {
  int64_t at = 0;
  for (; at + PIXEL_VECTORS * LANES <= count; at += PIXEL_VECTORS * LANES) {
    convolve_vectors(rows, PIXEL_VECTORS, weights, bias, p, at);
  }
  int64_t vectors = (count - at + LANES - 1) / LANES;
  if (vectors == 0) {
    return;
  }
  if (at + vectors * LANES <= count + slack) {
    convolve_vectors(rows, vectors, weights, bias, p, at);
    return;
  }
  convolve_vectors(rows, vectors - 1, weights, bias, p, at);
  convolve_vectors(rows, 1, weights, bias, p, count + slack - LANES);
}

/* Pixels in rows of `width` to rows without gaps. */
INLINE void close_gaps(const strip *s, int64_t width, float *sums) {
  for (int64_t row = 1; width > s->columns && row < s->rows; row++) {
    memmove(sums + row * s->columns, sums + row * width, (size_t)(4 * s->columns));
  }
}

static void convolve(
    const int64_t *numbers, int64_t in, const float *x, const float *weights, const float *bias,
    float *y, const gatun_part *parts, int64_t count, int64_t plane, int64_t fromRow,
    int64_t toRow, int64_t fromColumn, int64_t toColumn, int64_t fromChannel, int64_t toChannel,
    float *scratch) {
  const windows *w = (const windows *)numbers;
  strip s = strip_of(w, toRow - fromRow, toColumn - fromColumn);
  int64_t *offsets = (int64_t *)(void *)scratch;
  int64_t taps = w->kernel[1] * w->kernel[2];
  int64_t xPlane = w->size[1] * w->size[2];
  /* Sums may start a vector early. */
  float *sums = scratch + 2 * taps + LANES;
  float *planes = sums + GATUN_CPU_CHANNELS * sums_stride(&s);
  pixels p = {planes, in * w->kernel[0], s.channel, offsets, taps, sums, sums_stride(&s)};
  int64_t slack = TILE_PIXELS;
  tap_offsets(w, &s, offsets);
  if (is_pointwise(w) && w->size[2] >= LANES) {
    p.x = x + fromColumn;
    p.channel = xPlane;
    slack = w->size[2] - toColumn;
  } else {
    for (int64_t c = 0; c < in; c++) {
      for (int64_t i = 0; i < w->kernel[0]; i++) {
        int64_t depth = plane * w->stride[0] - w->before[0] + i * w->dilation[0];
        float *to = planes + (c * w->kernel[0] + i) * s.channel;
        if (depth < 0 || depth >= w->size[0]) {
          memset(to, 0, (size_t)(4 * s.channel));
        } else {
          fill_plane(w, &s, x + (c * w->size[0] + depth) * xPlane, fromRow, fromColumn, to);
        }
      }
    }
  }
  int64_t yPlane = w->result[1] * w->result[2];
  int64_t first = plane * yPlane + fromRow * w->result[2] + fromColumn;
  int64_t depth = p.channels * taps;
  for (int64_t row = fromChannel; row < toChannel; row += GATUN_CPU_CHANNELS) {
    const float *tile = weights + row * depth;
    int64_t rows = least(GATUN_CPU_CHANNELS, toChannel - row);
#define CHANNELS_OF(n)                                                                                 \
  case n:                                                                                          \
    convolve_rows(n, tile, bias + row, &p, s.pixels, slack);                                       \
    break;
    switch (rows) {
      CHANNELS_OF(1)
      CHANNELS_OF(2)
      CHANNELS_OF(3)
      CHANNELS_OF(4)
      CHANNELS_OF(5)
      CHANNELS_OF(6)
      default:
        break;
    }
#undef CHANNELS_OF
    for (int64_t r = 0; r < rows; r++) {
      float *from = sums + r * p.stride;
      close_gaps(&s, s.width, from);
      finish(
          parts, count, from, y, (row + r) * w->result[0] * yPlane + first, s.rows * s.columns);
    }
  }
}

#endif
