/*
 * Picks what a condition holds for: first how many there are, in chunks (the host reads the sum, and makes room), then
 * which. Groups are one SIMD group.
 */

#include "axes.h"
#include "dtypes.h"
#include "groups.h"

/* Elements that a SIMD group looks at. */
#define CHUNK 1024

struct CountParams {
  int count;
  int dtype;
};

DEVICE int is_set(GLOBAL const void *x, int i, int dtype) {
  return dtype <= T_BF16 ? load_float(x, i, dtype) != 0.0f : load_whole(x, i, dtype) != 0;
}

/* y[chunk] = how many numbers of a chunk of x are not 0. */
KERNEL(select_count, GLOBAL const void *x, GLOBAL int *y, PARAMS(CountParams) p) {
  int sum = 0;
  for (int j = LANE; j < CHUNK; j += 32) {
    int i = GROUP_X * CHUNK + j;
    if (INSIDE(i < p.count)) sum += is_set(x, i, p.dtype);
  }
  sum = SIMD_SUM(sum);
  if (LANE == 0) y[GROUP_X] = sum;
}

/* The sum of x over the lanes up to this one. */
DEVICE int sum_to_lane(int x, int lane) {
  for (int distance = 1; distance < 32; distance *= 2) {
    int other = SIMD_SHUFFLE(x, m_max(lane - distance, 0));
    x += lane >= distance ? other : 0;
  }
  return x;
}

struct OffsetsParams {
  int count;
};

/* x[i] becomes the sum of those before it, and total[0] the sum of all. One group. */
KERNEL(select_offsets, GLOBAL int *x, GLOBAL int *total, PARAMS(OffsetsParams) p) {
  int before = 0;
  for (int start = 0; start < p.count; start += 32) {
    int i = start + LANE;
    bool inside = INSIDE(i < p.count);
    int own = inside ? x[i] : 0;
    int sum = sum_to_lane(own, LANE);
    if (inside) x[i] = before + sum - own;
    before += SIMD_SHUFFLE(sum, 31);
  }
  if (LANE == 0) total[0] = before;
}

/* extent: of x, innermost first. */
struct PlacesParams {
  int count;
  int dtype;
  int found;
  int rank;
  int extent[AXES];
};

/*
 * Indices of the numbers of x that are not 0, in the order of the elements: NonZero. offsets: by select_offsets;
 * y: i64 [rank, found].
 */
KERNEL(select_places, GLOBAL const void *x, GLOBAL const int *offsets, GLOBAL int64 *y, PARAMS(PlacesParams) p) {
  int before = offsets[GROUP_X];
  for (int start = 0; start < CHUNK; start += 32) {
    int i = GROUP_X * CHUNK + start + LANE;
    int own = INSIDE(i < p.count) ? is_set(x, i, p.dtype) : 0;
    int sum = sum_to_lane(own, LANE);
    if (own != 0) {
      int rest = i;
      for (int d = 0; d < p.rank; d++) {
        int outer = d == p.rank - 1 ? 0 : rest / p.extent[d];
        y[(p.rank - 1 - d) * p.found + before + sum - 1] = d == p.rank - 1 ? rest : rest - outer * p.extent[d];
        rest = outer;
      }
    }
    before += SIMD_SHUFFLE(sum, 31);
  }
}

/* Corners of a box: top, left, bottom, right, in the order of the data. */
struct Corners {
  float a, b, c, d;
};

DEVICE Corners corners_of(GLOBAL const float *box, int center) {
  Corners x;
  if (center) {
    x.a = box[1] - box[3] / 2.0f;
    x.b = box[0] - box[2] / 2.0f;
    x.c = box[1] + box[3] / 2.0f;
    x.d = box[0] + box[2] / 2.0f;
  } else {
    x.a = m_min(box[0], box[2]);
    x.b = m_min(box[1], box[3]);
    x.c = m_max(box[0], box[2]);
    x.d = m_max(box[1], box[3]);
  }
  return x;
}

/* Whether the intersection of two boxes is more than a share of their union. Without a division, which costs registers. */
DEVICE bool overlaps(Corners x, Corners y, float share) {
  float height = m_max(m_min(x.c, y.c) - m_max(x.a, y.a), 0.0f);
  float width = m_max(m_min(x.d, y.d) - m_max(x.b, y.b), 0.0f);
  float shared = height * width;
  float all = (x.c - x.a) * (x.d - x.b) + (y.c - y.a) * (y.d - y.b) - shared;
  return all <= 0.0f ? 0.0f > share : shared > share * all;
}

/* center: boxes are centre and size, else two corners; has_..: whether the limit is given. */
struct PickBoxesParams {
  int classes;
  int count;
  int center;
  int has_most;
  int has_overlap;
  int has_least;
};

/*
 * Boxes of a picture and class from the best score on, without those that overlap a picked one: NonMaxSuppression.
 * boxes: f32 [pictures, count, 4]; scores: f32 [pictures, classes, count]; most: i64 [1], 0 when not given; overlap: f32
 * [1], 0 when not given; least: f32 [1]; picked: i32 [pictures, classes, count]; counts: i32 [pictures, classes].
 * A group per picture and class. A lane reads only those of the picked that it wrote.
 */
KERNEL(pick_boxes, GLOBAL const float *boxes, GLOBAL const float *scores, GLOBAL const int64 *most,
       GLOBAL const float *overlap, GLOBAL const float *least, GLOBAL int *picked, GLOBAL int *counts,
       PARAMS(PickBoxesParams) p) {
  GLOBAL const float *of = boxes + GROUP_X / p.classes * p.count * 4;
  GLOBAL const float *score = scores + GROUP_X * p.count;
  GLOBAL int *own = picked + GROUP_X * p.count;
  int64 limit = p.has_most ? most[0] : 0;
  float bound = p.has_overlap ? overlap[0] : 0.0f;
  float lowest = p.has_least ? least[0] : -INFINITE;
  int kept = 0;
  int last = -1;
  for (bool more = limit > 0; more;) {
    /* The best of those behind the last one looked at. */
    float value = -INFINITE;
    int best = -1;
    for (int j = LANE; j < p.count; j += 32) {
      float next = score[j];
      bool behind = last < 0 || next < score[last] || (next == score[last] && j > last);
      if (next > lowest && behind && (best < 0 || next > value)) {
        value = next;
        best = j;
      }
    }
    for (int mask = 16; mask > 0; mask >>= 1) {
      float other = SIMD_SHUFFLE_XOR(value, mask);
      int place = SIMD_SHUFFLE_XOR(best, mask);
      bool better = place >= 0 && (best < 0 || other > value || (other == value && place < best));
      value = better ? other : value;
      best = better ? place : best;
    }
    last = best;
    int hidden = 0;
    if (best >= 0) {
      Corners box = corners_of(of + best * 4, p.center);
      for (int k = LANE; k < kept; k += 32) {
        if (overlaps(box, corners_of(of + own[k] * 4, p.center), bound)) hidden = 1;
      }
    }
    hidden = SIMD_MAX(hidden);
    if (best >= 0 && hidden == 0) {
      if (LANE == kept % 32) own[kept] = best;
      kept++;
    }
    more = best >= 0 && kept < limit;
  }
  if (LANE == 0) counts[GROUP_X] = kept;
}

struct PlaceBoxesParams {
  int pairs;
  int classes;
  int count;
  int found;
};

/* y: i64 [found, 3]: picture, class and box of what was picked. offsets: by select_offsets. A group per picture and class. */
KERNEL(place_boxes, GLOBAL const int *picked, GLOBAL const int *offsets, GLOBAL int64 *y, PARAMS(PlaceBoxesParams) p) {
  int from = offsets[GROUP_X];
  int end = GROUP_X + 1 < p.pairs ? offsets[GROUP_X + 1] : p.found;
  for (int i = from + LANE; i < end; i += 32) {
    y[i * 3] = GROUP_X / p.classes;
    y[i * 3 + 1] = GROUP_X % p.classes;
    y[i * 3 + 2] = picked[GROUP_X * p.count + i - from];
  }
}
