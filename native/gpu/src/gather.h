/*
 * Picks and places elements by indices that are data: I32, or I64 where "wide" says so; negative ones count from the end.
 * A device cannot raise an error: what an index outside picks is "missing" (NaN where the dtype has one), and what it
 * places is dropped.
 */

#include "axes.h"

struct GatherParams {
  int count;
  int picked;
  int extent;
  int inner;
  int wide;
  int missing;
};

/* y[o, j, i] = x[o, index[j], i]: Gather. x: [outer, extent, inner]; index: [picked]; y: [outer, picked, inner]. */
template <class T>
DEVICE void gather(int i, GLOBAL const T *x, GLOBAL const void *index, GLOBAL T *y, CONSTANT const GatherParams &p) {
  if (!INSIDE(i < p.count)) return;
  int row = i / p.inner;
  int outer = row / p.picked;
  int at = index_at(index, row - outer * p.picked, p.wide, p.extent);
  y[i] = at < 0 ? (T)p.missing : x[(outer * p.extent + at) * p.inner + i - row * p.inner];
}

KERNEL(gather_1, GLOBAL const uint8_t *x, GLOBAL const void *index, GLOBAL uint8_t *y, PARAMS(GatherParams) p) {
  gather<uint8_t>(GLOBAL_ID_X, x, index, y, p);
}
KERNEL(gather_2, GLOBAL const uint16_t *x, GLOBAL const void *index, GLOBAL uint16_t *y, PARAMS(GatherParams) p) {
  gather<uint16_t>(GLOBAL_ID_X, x, index, y, p);
}
KERNEL(gather_4, GLOBAL const uint *x, GLOBAL const void *index, GLOBAL uint *y, PARAMS(GatherParams) p) {
  gather<uint>(GLOBAL_ID_X, x, index, y, p);
}
KERNEL(gather_8, GLOBAL const int64 *x, GLOBAL const void *index, GLOBAL int64 *y, PARAMS(GatherParams) p) {
  gather<int64>(GLOBAL_ID_X, x, index, y, p);
}

/* extent: of the indices, innermost first; stride: of x, 0 along the axis; along, own: stride and extent of x's axis. */
struct GatherElementsParams {
  int count;
  int rank;
  int along;
  int own;
  int wide;
  int missing;
  int extent[AXES];
  int stride[AXES];
};

/* y[i, j] = x[index[i, j], j]: GatherElements. */
template <class T>
DEVICE void gather_elements(int i, GLOBAL const T *x, GLOBAL const void *index, GLOBAL T *y,
                            CONSTANT const GatherElementsParams &p) {
  if (!INSIDE(i < p.count)) return;
  int at = index_at(index, i, p.wide, p.own);
  y[i] = at < 0 ? (T)p.missing : x[offset_of(i, p.rank, p.extent, p.stride) + at * p.along];
}

KERNEL(gather_elements_1, GLOBAL const uint8_t *x, GLOBAL const void *index, GLOBAL uint8_t *y,
       PARAMS(GatherElementsParams) p) {
  gather_elements<uint8_t>(GLOBAL_ID_X, x, index, y, p);
}
KERNEL(gather_elements_2, GLOBAL const uint16_t *x, GLOBAL const void *index, GLOBAL uint16_t *y,
       PARAMS(GatherElementsParams) p) {
  gather_elements<uint16_t>(GLOBAL_ID_X, x, index, y, p);
}
KERNEL(gather_elements_4, GLOBAL const uint *x, GLOBAL const void *index, GLOBAL uint *y,
       PARAMS(GatherElementsParams) p) {
  gather_elements<uint>(GLOBAL_ID_X, x, index, y, p);
}
KERNEL(gather_elements_8, GLOBAL const int64 *x, GLOBAL const void *index, GLOBAL int64 *y,
       PARAMS(GatherElementsParams) p) {
  gather_elements<int64>(GLOBAL_ID_X, x, index, y, p);
}

/*
 * Tuples of n indices, which name n axes of x (extent, stride: outermost first) and so a slice of elements.
 * tuples: per batch; step: elements of x from batch to batch.
 */
struct SlicesParams {
  int count;
  int slice;
  int n;
  int tuples;
  int step;
  int wide;
  int missing;
  int reduction;
  int extent[AXES];
  int stride[AXES];
};

/* Where the slice of a tuple starts; -1 when an index lies outside. */
DEVICE int slice_at(GLOBAL const void *index, int tuple, int n, int wide, CONSTANT const int *extent,
                    CONSTANT const int *stride) {
  int at = 0;
  UNROLL
  for (int d = 0; d < AXES; d++) {
    if (d >= n) break;
    int i = index_at(index, tuple * n + d, wide, extent[d]);
    if (i < 0) return -1;
    at += i * stride[d];
  }
  return at;
}

/* GatherND. index: [batches * tuples, n]; y: [batches * tuples, slice]. */
template <class T>
DEVICE void gather_slices(int i, GLOBAL const T *x, GLOBAL const void *index, GLOBAL T *y,
                          CONSTANT const SlicesParams &p) {
  if (!INSIDE(i < p.count)) return;
  int tuple = i / p.slice;
  int at = slice_at(index, tuple, p.n, p.wide, p.extent, p.stride);
  y[i] = at < 0 ? (T)p.missing : x[tuple / p.tuples * p.step + at + i - tuple * p.slice];
}

KERNEL(gather_slices_1, GLOBAL const uint8_t *x, GLOBAL const void *index, GLOBAL uint8_t *y, PARAMS(SlicesParams) p) {
  gather_slices<uint8_t>(GLOBAL_ID_X, x, index, y, p);
}
KERNEL(gather_slices_2, GLOBAL const uint16_t *x, GLOBAL const void *index, GLOBAL uint16_t *y,
       PARAMS(SlicesParams) p) {
  gather_slices<uint16_t>(GLOBAL_ID_X, x, index, y, p);
}
KERNEL(gather_slices_4, GLOBAL const uint *x, GLOBAL const void *index, GLOBAL uint *y, PARAMS(SlicesParams) p) {
  gather_slices<uint>(GLOBAL_ID_X, x, index, y, p);
}
KERNEL(gather_slices_8, GLOBAL const int64 *x, GLOBAL const void *index, GLOBAL int64 *y, PARAMS(SlicesParams) p) {
  gather_slices<int64>(GLOBAL_ID_X, x, index, y, p);
}

/* Numbered as Reduction of the graph. */
enum { R_NONE, R_ADD, R_MUL, R_MAX, R_MIN };

template <class T>
DEVICE T reduced(int reduction, T old, T update) {
  switch (reduction) {
    case R_NONE: return update;
    case R_ADD: return old + update;
    case R_MUL: return old * update;
    case R_MAX: return old > update || m_isnan((float)old) ? old : update;
    default: return old < update || m_isnan((float)old) ? old : update;
  }
}

/*
 * Lines of updates along an axis: one thread each, in order, so that results do not depend on chance.
 * extent, updates, own: of the other axes, innermost first: extents, strides in the updates, strides in y.
 */
struct ScatterParams {
  int lines;
  int length;
  int rank;
  int alongUpdates;
  int alongOwn;
  int axis;
  int wide;
  int reduction;
  int extent[AXES];
  int updates[AXES];
  int own[AXES];
};

/* y[index[i, j], j] = updates[i, j]: ScatterElements. y holds the data already. */
template <class T>
DEVICE void scatter_elements(int line, GLOBAL const T *updates, GLOBAL const void *index, GLOBAL T *y,
                             CONSTANT const ScatterParams &p) {
  if (!INSIDE(line < p.lines)) return;
  int from = offset_of(line, p.rank, p.extent, p.updates);
  int to = offset_of(line, p.rank, p.extent, p.own);
  for (int j = 0; j < p.length; j++) {
    int at = index_at(index, from + j * p.alongUpdates, p.wide, p.axis);
    if (at >= 0) {
      int target = to + at * p.alongOwn;
      y[target] = reduced<T>(p.reduction, y[target], updates[from + j * p.alongUpdates]);
    }
  }
}

KERNEL(scatter_elements_f32, GLOBAL const float *updates, GLOBAL const void *index, GLOBAL float *y,
       PARAMS(ScatterParams) p) {
  scatter_elements<float>(GLOBAL_ID_X, updates, index, y, p);
}
KERNEL(scatter_elements_i32, GLOBAL const int *updates, GLOBAL const void *index, GLOBAL int *y,
       PARAMS(ScatterParams) p) {
  scatter_elements<int>(GLOBAL_ID_X, updates, index, y, p);
}
KERNEL(scatter_elements_i64, GLOBAL const int64 *updates, GLOBAL const void *index, GLOBAL int64 *y,
       PARAMS(ScatterParams) p) {
  scatter_elements<int64>(GLOBAL_ID_X, updates, index, y, p);
}

/* ScatterND: one thread per element of a slice, tuple after tuple. y holds the data already. */
template <class T>
DEVICE void scatter_slices(int i, GLOBAL const T *updates, GLOBAL const void *index, GLOBAL T *y,
                           CONSTANT const SlicesParams &p) {
  if (!INSIDE(i < p.slice)) return;
  for (int tuple = 0; tuple < p.tuples; tuple++) {
    int at = slice_at(index, tuple, p.n, p.wide, p.extent, p.stride);
    if (at >= 0) {
      y[at + i] = reduced<T>(p.reduction, y[at + i], updates[tuple * p.slice + i]);
    }
  }
}

KERNEL(scatter_slices_f32, GLOBAL const float *updates, GLOBAL const void *index, GLOBAL float *y,
       PARAMS(SlicesParams) p) {
  scatter_slices<float>(GLOBAL_ID_X, updates, index, y, p);
}
KERNEL(scatter_slices_i32, GLOBAL const int *updates, GLOBAL const void *index, GLOBAL int *y, PARAMS(SlicesParams) p) {
  scatter_slices<int>(GLOBAL_ID_X, updates, index, y, p);
}
KERNEL(scatter_slices_i64, GLOBAL const int64 *updates, GLOBAL const void *index, GLOBAL int64 *y,
       PARAMS(SlicesParams) p) {
  scatter_slices<int64>(GLOBAL_ID_X, updates, index, y, p);
}

struct IndicesParams {
  int count;
  int extent;
  int wide;
};

/* y[i] = index[i], counted from the start, as I32; -1 where it lies outside of the extent. index: [count]; y: i32. */
KERNEL(pick_indices, GLOBAL const void *index, GLOBAL int *y, PARAMS(IndicesParams) p) {
  int i = GLOBAL_ID_X;
  if (INSIDE(i < p.count)) y[i] = index_at(index, i, p.wide, p.extent);
}

struct OneHotParams {
  int count;
  int depth;
  int inner;
  int wide;
};

/*
 * y[o, j, i] = values[1] where index[o, i] is j, else values[0]: OneHot. index: [outer, inner];
 * y: [outer, depth, inner], count elements.
 */
template <class T>
DEVICE void one_hot(int i, GLOBAL const void *index, GLOBAL const T *values, GLOBAL T *y,
                    CONSTANT const OneHotParams &p) {
  if (!INSIDE(i < p.count)) return;
  int line = i / p.inner;
  int outer = line / p.depth;
  int at = index_at(index, outer * p.inner + i - line * p.inner, p.wide, p.depth);
  y[i] = values[at == line - outer * p.depth ? 1 : 0];
}

KERNEL(one_hot_1, GLOBAL const void *index, GLOBAL const uint8_t *values, GLOBAL uint8_t *y, PARAMS(OneHotParams) p) {
  one_hot<uint8_t>(GLOBAL_ID_X, index, values, y, p);
}
KERNEL(one_hot_2, GLOBAL const void *index, GLOBAL const uint16_t *values, GLOBAL uint16_t *y, PARAMS(OneHotParams) p) {
  one_hot<uint16_t>(GLOBAL_ID_X, index, values, y, p);
}
KERNEL(one_hot_4, GLOBAL const void *index, GLOBAL const uint *values, GLOBAL uint *y, PARAMS(OneHotParams) p) {
  one_hot<uint>(GLOBAL_ID_X, index, values, y, p);
}
KERNEL(one_hot_8, GLOBAL const void *index, GLOBAL const int64 *values, GLOBAL int64 *y, PARAMS(OneHotParams) p) {
  one_hot<int64>(GLOBAL_ID_X, index, values, y, p);
}

/* batch_first: x is [sequences, times, slice], else [times, sequences, slice]. */
struct ReverseParams {
  int count;
  int sequences;
  int times;
  int slice;
  int batch_first;
  int wide;
};

/* y is x with the first elements of each sequence turned around, as many as its length: ReverseSequence. length: [sequences]. */
template <class T>
DEVICE void reverse(int i, GLOBAL const T *x, GLOBAL const void *length, GLOBAL T *y, CONSTANT const ReverseParams &p) {
  if (!INSIDE(i < p.count)) return;
  int place = i / p.slice;
  int b = p.batch_first ? place / p.times : place % p.sequences;
  int t = p.batch_first ? place % p.times : place / p.sequences;
  int n = p.wide ? (int)((GLOBAL const int64 *)length)[b] : ((GLOBAL const int *)length)[b];
  int from = t < m_min(n, p.times) ? m_min(n, p.times) - 1 - t : t;
  int source = p.batch_first ? b * p.times + from : from * p.sequences + b;
  y[i] = x[source * p.slice + i % p.slice];
}

KERNEL(reverse_1, GLOBAL const uint8_t *x, GLOBAL const void *length, GLOBAL uint8_t *y, PARAMS(ReverseParams) p) {
  reverse<uint8_t>(GLOBAL_ID_X, x, length, y, p);
}
KERNEL(reverse_2, GLOBAL const uint16_t *x, GLOBAL const void *length, GLOBAL uint16_t *y, PARAMS(ReverseParams) p) {
  reverse<uint16_t>(GLOBAL_ID_X, x, length, y, p);
}
KERNEL(reverse_4, GLOBAL const uint *x, GLOBAL const void *length, GLOBAL uint *y, PARAMS(ReverseParams) p) {
  reverse<uint>(GLOBAL_ID_X, x, length, y, p);
}
KERNEL(reverse_8, GLOBAL const int64 *x, GLOBAL const void *length, GLOBAL int64 *y, PARAMS(ReverseParams) p) {
  reverse<int64>(GLOBAL_ID_X, x, length, y, p);
}
