/* Moves elements of 1, 2, 4 or 8 bytes, whatever they mean. One thread per element of y. */

#include "axes.h"

/* Extents and strides in elements, innermost first; where the first elements are. */
struct CopyParams {
  int count;
  int rank;
  int extent[AXES];
  int x[AXES];
  int y[AXES];
  int from;
  int to;
};

/* Transpose, Slice, Concat (a launch per input), Expand, Tile. Strides may be 0 or, in x, negative. */
template <class T>
DEVICE void copy(int i, GLOBAL const T *x, GLOBAL T *y, CONSTANT const CopyParams &p) {
  if (INSIDE(i < p.count)) {
    y[p.to + offset_of(i, p.rank, p.extent, p.y)] = x[p.from + offset_of(i, p.rank, p.extent, p.x)];
  }
}

KERNEL(copy_1, GLOBAL const uint8_t *x, GLOBAL uint8_t *y, PARAMS(CopyParams) p) {
  copy<uint8_t>(GLOBAL_ID_X, x, y, p);
}
KERNEL(copy_2, GLOBAL const uint16_t *x, GLOBAL uint16_t *y, PARAMS(CopyParams) p) {
  copy<uint16_t>(GLOBAL_ID_X, x, y, p);
}
KERNEL(copy_4, GLOBAL const uint *x, GLOBAL uint *y, PARAMS(CopyParams) p) { copy<uint>(GLOBAL_ID_X, x, y, p); }
KERNEL(copy_8, GLOBAL const int64 *x, GLOBAL int64 *y, PARAMS(CopyParams) p) { copy<int64>(GLOBAL_ID_X, x, y, p); }

/* Numbered as Pad.Mode of the graph. */
enum { PAD_CONSTANT, PAD_REFLECT, PAD_EDGE, PAD_WRAP };

struct PadParams {
  int count;
  int rank;
  int mode;
  int filled;
  int extent[AXES];
  int own[AXES];
  int before[AXES];
  int stride[AXES];
};

/* The element of x that stands at a place along an axis of y; -1 for none. */
DEVICE int padded(int at, int own, int mode) {
  if (at >= 0 && at < own) return at;
  switch (mode) {
    case PAD_CONSTANT: return -1;
    case PAD_EDGE: return at < 0 ? 0 : own - 1;
    case PAD_WRAP: {
      int rest = at % own;
      return rest < 0 ? rest + own : rest;
    }
    default: {
      if (own == 1) return 0;
      int period = 2 * (own - 1);
      int phase = at % period;
      phase += phase < 0 ? period : 0;
      return phase < own ? phase : period - phase;
    }
  }
}

/*
 * Pad. extent: of y; own, stride: of x; before: elements before it, negative where some are taken away.
 * value: one element, 0 when not filled.
 */
template <class T>
DEVICE void pad(int i, GLOBAL const T *x, GLOBAL const T *value, GLOBAL T *y, CONSTANT const PadParams &p) {
  if (!INSIDE(i < p.count)) return;
  int index = i;
  int at = 0;
  bool inside = true;
  UNROLL
  for (int d = 0; d < AXES; d++) {
    if (d >= p.rank) break;
    int rest = index / p.extent[d];
    int source = padded(index - rest * p.extent[d] - p.before[d], p.own[d], p.mode);
    inside = inside && source >= 0;
    at += source * p.stride[d];
    index = rest;
  }
  y[i] = inside ? x[at] : p.filled ? value[0] : (T)0;
}

KERNEL(pad_1, GLOBAL const uint8_t *x, GLOBAL const uint8_t *value, GLOBAL uint8_t *y, PARAMS(PadParams) p) {
  pad<uint8_t>(GLOBAL_ID_X, x, value, y, p);
}
KERNEL(pad_2, GLOBAL const uint16_t *x, GLOBAL const uint16_t *value, GLOBAL uint16_t *y, PARAMS(PadParams) p) {
  pad<uint16_t>(GLOBAL_ID_X, x, value, y, p);
}
KERNEL(pad_4, GLOBAL const uint *x, GLOBAL const uint *value, GLOBAL uint *y, PARAMS(PadParams) p) {
  pad<uint>(GLOBAL_ID_X, x, value, y, p);
}
KERNEL(pad_8, GLOBAL const int64 *x, GLOBAL const int64 *value, GLOBAL int64 *y, PARAMS(PadParams) p) {
  pad<int64>(GLOBAL_ID_X, x, value, y, p);
}

struct TriluParams {
  int count;
  int rows;
  int columns;
  int k;
  int upper;
  int given;
};

/*
 * y = x on one side of the diagonal that lies k columns right of the main one, else 0: Trilu. x, y: [.., rows, columns].
 * k is that of the parameters, or when given that in memory: i64 [1].
 */
template <class T>
DEVICE void trilu(int i, GLOBAL const T *x, GLOBAL const int64 *k, GLOBAL T *y, CONSTANT const TriluParams &p) {
  if (!INSIDE(i < p.count)) return;
  int row = i / p.columns;
  int64 right = p.given ? k[0] : (int64)p.k;
  int64 distance = (int64)(i - row * p.columns - row % p.rows) - right;
  y[i] = (p.upper ? distance >= 0 : distance <= 0) ? x[i] : (T)0;
}

KERNEL(trilu_1, GLOBAL const uint8_t *x, GLOBAL const int64 *k, GLOBAL uint8_t *y, PARAMS(TriluParams) p) {
  trilu<uint8_t>(GLOBAL_ID_X, x, k, y, p);
}
KERNEL(trilu_2, GLOBAL const uint16_t *x, GLOBAL const int64 *k, GLOBAL uint16_t *y, PARAMS(TriluParams) p) {
  trilu<uint16_t>(GLOBAL_ID_X, x, k, y, p);
}
KERNEL(trilu_4, GLOBAL const uint *x, GLOBAL const int64 *k, GLOBAL uint *y, PARAMS(TriluParams) p) {
  trilu<uint>(GLOBAL_ID_X, x, k, y, p);
}
KERNEL(trilu_8, GLOBAL const int64 *x, GLOBAL const int64 *k, GLOBAL int64 *y, PARAMS(TriluParams) p) {
  trilu<int64>(GLOBAL_ID_X, x, k, y, p);
}
