/* Makes numbers of nothing but sizes. One thread per element of y. */

struct FillParams {
  int64 bits;
  int count;
};

/* y = one number everywhere: ConstantOfShape. bits: how it is stored. */
template <class T>
DEVICE void fill(int i, GLOBAL T *y, CONSTANT const FillParams &p) {
  if (INSIDE(i < p.count)) y[i] = (T)p.bits;
}

KERNEL(fill_1, GLOBAL uint8_t *y, PARAMS(FillParams) p) { fill<uint8_t>(GLOBAL_ID_X, y, p); }
KERNEL(fill_2, GLOBAL uint16_t *y, PARAMS(FillParams) p) { fill<uint16_t>(GLOBAL_ID_X, y, p); }
KERNEL(fill_4, GLOBAL uint *y, PARAMS(FillParams) p) { fill<uint>(GLOBAL_ID_X, y, p); }
KERNEL(fill_8, GLOBAL int64 *y, PARAMS(FillParams) p) { fill<int64>(GLOBAL_ID_X, y, p); }

struct EyeParams {
  int64 one;
  int64 k;
  int count;
  int columns;
};

/* y = one on the diagonal that lies k columns right of the main one, else 0: EyeLike. y: [.., columns]. */
template <class T>
DEVICE void eye(int i, GLOBAL T *y, CONSTANT const EyeParams &p) {
  if (!INSIDE(i < p.count)) return;
  int row = i / p.columns;
  y[i] = (T)(i - row * p.columns - row == p.k ? p.one : 0);
}

KERNEL(eye_1, GLOBAL uint8_t *y, PARAMS(EyeParams) p) { eye<uint8_t>(GLOBAL_ID_X, y, p); }
KERNEL(eye_2, GLOBAL uint16_t *y, PARAMS(EyeParams) p) { eye<uint16_t>(GLOBAL_ID_X, y, p); }
KERNEL(eye_4, GLOBAL uint *y, PARAMS(EyeParams) p) { eye<uint>(GLOBAL_ID_X, y, p); }
KERNEL(eye_8, GLOBAL int64 *y, PARAMS(EyeParams) p) { eye<int64>(GLOBAL_ID_X, y, p); }

struct RangeParams {
  int count;
};

/* y[i] = start + i delta: Range. start, delta: [1]. */
template <class T>
DEVICE void range(int i, GLOBAL const T *start, GLOBAL const T *delta, GLOBAL T *y, CONSTANT const RangeParams &p) {
  if (INSIDE(i < p.count)) y[i] = start[0] + (T)i * delta[0];
}

KERNEL(range_f32, GLOBAL const float *start, GLOBAL const float *delta, GLOBAL float *y, PARAMS(RangeParams) p) {
  range<float>(GLOBAL_ID_X, start, delta, y, p);
}
KERNEL(range_i32, GLOBAL const int *start, GLOBAL const int *delta, GLOBAL int *y, PARAMS(RangeParams) p) {
  range<int>(GLOBAL_ID_X, start, delta, y, p);
}
KERNEL(range_i64, GLOBAL const int64 *start, GLOBAL const int64 *delta, GLOBAL int64 *y, PARAMS(RangeParams) p) {
  range<int64>(GLOBAL_ID_X, start, delta, y, p);
}

struct SizesParams {
  int64 size[8];
  int count;
};

/* y = sizes of a submission: Shape, Size. */
KERNEL(store_sizes, GLOBAL int64 *y, PARAMS(SizesParams) p) {
  int i = GLOBAL_ID_X;
  if (INSIDE(i < p.count)) y[i] = p.size[i];
}
