/* Windows of a convolution, and the strip of its result that a call works on: sizes alone. */
#ifndef GATUN_WINDOW_H
#define GATUN_WINDOW_H

#include "gatun_cpu.h"

/* Per axis: plane, row, column. */
typedef struct {
  int64_t size[3], result[3], kernel[3], stride[3], dilation[3], before[3];
} windows;

/*
 * A strip of the result, and what it meets of a channel of x: copied with its padding into one plane per
 * phase of the strides, so that whatever a tap meets, for all pixels, lies in one piece: the result's
 * rows are then as far apart as the planes'.
 */
typedef struct {
  int64_t rows, columns;  /* of the result */
  int64_t down, across;   /* phases that taps meet */
  int64_t width, height;  /* of a phase's plane */
  int64_t plane, channel; /* elements of a phase's plane, of a channel's planes */
  int64_t pixels;         /* of the result, from the first to the last, in rows of `width` */
} strip;

static inline strip strip_of(const windows *w, int64_t rows, int64_t columns) {
  strip s = {.rows = rows, .columns = columns};
  int64_t high = (w->kernel[1] - 1) * w->dilation[1];
  int64_t wide = (w->kernel[2] - 1) * w->dilation[2];
  s.down = high + 1 < w->stride[1] ? high + 1 : w->stride[1];
  s.across = wide + 1 < w->stride[2] ? wide + 1 : w->stride[2];
  s.height = rows + high / w->stride[1];
  s.width = columns + wide / w->stride[2];
  s.plane = s.height * s.width;
  s.channel = s.plane * s.down * s.across;
  s.pixels = (rows - 1) * s.width + columns;
  return s;
}

/* Whether a row of x is met as it lies. */
static inline int is_pointwise(const windows *w) {
  for (int axis = 0; axis < 3; axis++) {
    if (w->kernel[axis] != 1 || w->stride[axis] != 1 || w->size[axis] != w->result[axis]) {
      return 0;
    }
  }
  return w->size[0] == 1 && w->size[1] == 1;
}

/* Elements of the widest tile of pixels, which vectors may reach beyond a strip. */
#define TILE_PIXELS 64

/* Columns rounded up to whole vectors of any width. */
static inline int64_t whole_columns(const strip *s) { return (s->columns + 15) / 16 * 16; }

/* Elements of a channel's sums, in rows of `width` or of whole vectors, and a tile beyond. */
static inline int64_t sums_stride(const strip *s) {
  int64_t tiles = (s->pixels + TILE_PIXELS - 1) / TILE_PIXELS * TILE_PIXELS;
  int64_t rows = s->rows * whole_columns(s);
  return (tiles > rows ? tiles : rows) + TILE_PIXELS;
}

/* Sums, planes of all channels, and offsets of taps. */
static inline int64_t strip_bytes(const int64_t *numbers, int64_t in, int64_t rows, int64_t columns) {
  const windows *w = (const windows *)numbers;
  strip s = strip_of(w, rows, columns);
  int64_t taps = w->kernel[1] * w->kernel[2];
  int64_t planes = in * w->kernel[0] * s.channel + 2 * TILE_PIXELS;
  return 4 * (GATUN_CPU_CHANNELS * sums_stride(&s) + planes) + 8 * taps + 64;
}

#endif
