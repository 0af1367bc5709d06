struct SampleParams {
  int width;
  int k;
};

/* A value and where it is; none when the index is negative. Larger values come first, of equal ones the smaller index. */
struct Candidate {
  float value;
  int index;
};

DEVICE bool before(Candidate a, Candidate b) {
  return a.index >= 0 && (b.index < 0 || a.value > b.value || (a.value == b.value && a.index < b.index));
}

/* The first of the group's candidates, for all threads. values, indices: shared, one for each SIMD group. */
DEVICE Candidate first_of_group(Place at, Candidate own, SHARED_PTR float *values, SHARED_PTR int *indices) {
  for (int mask = 16; mask > 0; mask >>= 1) {
    Candidate other;
    other.value = SIMD_SHUFFLE_XOR(own.value, mask);
    other.index = SIMD_SHUFFLE_XOR(own.index, mask);
    if (before(other, own)) own = other;
  }
  BARRIER();
  if (at.lane == 0) {
    values[at.simd] = own.value;
    indices[at.simd] = own.index;
  }
  BARRIER();
  for (int i = 0; i < at.threads / 32; i++) {
    Candidate other;
    other.value = values[i];
    other.index = indices[i];
    if (before(other, own)) own = other;
  }
  return own;
}

/* The first candidate after last (any when its index is negative) of elements from, from + step, ... of a row. */
DEVICE Candidate first_after(GLOBAL const float *x, int width, int from, int step, Candidate last) {
  Candidate best;
  best.value = 0.0f;
  best.index = -1;
  for (int i = from; i < width; i += step) {
    Candidate one;
    one.value = x[i];
    one.index = i;
    bool left = !m_isnan(one.value) && (last.index < 0 || before(last, one));
    if (left && before(one, best)) best = one;
  }
  return best;
}

/*
 * The index of each row's largest element, the first of equal ones; -1 when all are NaN.
 * x: f32 [rows, width]; y: i32 [rows].
 * Grid: (rows). Threads: any.
 */
KERNEL(argmax_rows, GLOBAL const float *x, GLOBAL int *y, PARAMS(SampleParams) p) {
  SHARED(float, values, 8);
  SHARED(int, indices, 8);
  Candidate none;
  none.value = 0.0f;
  none.index = -1;
  Candidate own = first_after(x + int64(GROUP_X) * p.width, p.width, THREAD, THREADS, none);
  own = first_of_group(PLACE, own, values, indices);
  if (THREAD == 0) y[GROUP_X] = own.index;
}

/*
 * The k largest elements of each row, in order; equal ones by index. Where fewer are left than k: value -inf, index -1.
 * x: f32 [rows, width]; values: f32 [rows, k]; indices: i32 [rows, k].
 * Grid: (rows). Threads: any.
 *
 * Each thread remembers the first of its elements; after a thread's was taken, all look together for its next.
 */
KERNEL(top_k_rows, GLOBAL const float *x, GLOBAL float *values, GLOBAL int *indices, PARAMS(SampleParams) p) {
  SHARED(float, first_values, 8);
  SHARED(int, first_indices, 8);
  GLOBAL const float *row = x + int64(GROUP_X) * p.width;
  Candidate none;
  none.value = 0.0f;
  none.index = -1;
  Candidate own = first_after(row, p.width, THREAD, THREADS, none);
  for (int i = 0; i < p.k; i++) {
    Candidate best = first_of_group(PLACE, own, first_values, first_indices);
    if (THREAD == 0) {
      values[int64(GROUP_X) * p.k + i] = best.index < 0 ? bits_float(0xff800000u) : best.value;
      indices[int64(GROUP_X) * p.k + i] = best.index;
    }
    if (best.index >= 0) {
      int owner = best.index % THREADS;
      Candidate next = first_after(row, p.width, owner + THREAD * THREADS, THREADS * THREADS, best);
      next = first_of_group(PLACE, next, first_values, first_indices);
      if (THREAD == owner) own = next;
    }
  }
}
