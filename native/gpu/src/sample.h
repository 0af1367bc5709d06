struct SampleParams {
  int count;
  int each;
  int k;
  int named;
};

/*
 * A value, the index that it is known by, and its place among the values that are looked at; none when the place is
 * negative. NaN comes first, then larger values, of equal ones the smaller index.
 */
struct Candidate {
  float value;
  int index;
  int place;
};

DEVICE bool before(Candidate a, Candidate b) {
  bool a_nan = m_isnan(a.value), b_nan = m_isnan(b.value);
  bool smaller = a.index < b.index;
  bool larger = a_nan == b_nan ? (a_nan || a.value == b.value ? smaller : a.value > b.value) : a_nan;
  return a.place >= 0 && (b.place < 0 || larger);
}

/* The first of the group's candidates, for all threads. values, indices, places: shared, one for each SIMD group. */
DEVICE Candidate first_of_group(Place at, Candidate own, SHARED_PTR float *values, SHARED_PTR int *indices,
                                SHARED_PTR int *places) {
  for (int mask = 16; mask > 0; mask >>= 1) {
    Candidate other;
    other.value = SIMD_SHUFFLE_XOR(own.value, mask);
    other.index = SIMD_SHUFFLE_XOR(own.index, mask);
    other.place = SIMD_SHUFFLE_XOR(own.place, mask);
    if (before(other, own)) own = other;
  }
  BARRIER();
  if (at.lane == 0) {
    values[at.simd] = own.value;
    indices[at.simd] = own.index;
    places[at.simd] = own.place;
  }
  BARRIER();
  for (int i = 0; i < at.threads / 32; i++) {
    Candidate other;
    other.value = values[i];
    other.index = indices[i];
    other.place = places[i];
    if (before(other, own)) own = other;
  }
  return own;
}

/* The first candidate after last (any when there is no last) at places from, from + step, ... before end. */
DEVICE Candidate first_after(GLOBAL const float *x, GLOBAL const int *names, int named, int from, int step, int end,
                             Candidate last) {
  Candidate best;
  best.value = 0.0f;
  best.index = -1;
  best.place = -1;
  for (int i = from; i < end; i += step) {
    Candidate one;
    one.value = x[i];
    one.index = named ? names[i] : i;
    one.place = one.index < 0 ? -1 : i;
    bool left = last.place < 0 || before(last, one);
    if (left && before(one, best)) best = one;
  }
  return best;
}

/*
 * The k largest elements of each part of a row, in order; where fewer are left: value -inf, index -1. Once more over
 * the results of all parts, which are named then, it finds those of the row.
 * x: f32 [count]; names: i32 [count], read when named: what the elements are called instead of their place;
 * values: f32 [parts, k]; indices: i32 [parts, k]. A part has each elements.
 * Grid: (ceil(count / each)). Threads: any.
 *
 * Each thread remembers the first of its elements; after a thread's was taken, all look together for its next.
 */
KERNEL(largest, GLOBAL const float *x, GLOBAL const int *names, GLOBAL float *values, GLOBAL int *indices,
       PARAMS(SampleParams) p) {
  SHARED(float, first_values, 8);
  SHARED(int, first_indices, 8);
  SHARED(int, first_places, 8);
  int from = GROUP_X * p.each, end = m_min(from + p.each, p.count);
  Candidate none;
  none.value = 0.0f;
  none.index = -1;
  none.place = -1;
  Candidate own = first_after(x, names, p.named, from + THREAD, THREADS, end, none);
  for (int i = 0; i < p.k; i++) {
    Candidate best = first_of_group(PLACE, own, first_values, first_indices, first_places);
    if (THREAD == 0) {
      values[int64(GROUP_X) * p.k + i] = best.place < 0 ? bits_float(0xff800000u) : best.value;
      indices[int64(GROUP_X) * p.k + i] = best.index;
    }
    if (best.place >= 0 && i + 1 < p.k) {
      int owner = (best.place - from) % THREADS;
      Candidate next = first_after(x, names, p.named, from + owner + THREAD * THREADS, THREADS * THREADS, end, best);
      next = first_of_group(PLACE, next, first_values, first_indices, first_places);
      if (THREAD == owner) own = next;
    }
  }
}
