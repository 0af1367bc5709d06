struct ExpertParams {
  int in;
  int out;
  int experts;
  int share;
};

/*
 * y[r, o] = sum over i of x[r / share, i] w[ids[r], o, i]: rows that each have a matrix of their own.
 * x: f32 [rows / share, in]; w: [experts, out, in] in the format; ids: i32 [rows]; y: f32 [rows, out]. A row whose id is
 * no expert becomes NaN.
 * Grid: (ceil(out / (threads / 32)), rows). Threads: any.
 */
template <class F>
DEVICE void expert_matvec(Place at, GLOBAL const float *x, GLOBAL const uint8_t *w, GLOBAL const uint16_t *lattice,
                          GLOBAL const int *ids, GLOBAL float *y, CONSTANT const ExpertParams &p) {
  int o = at.x * (at.threads / 32) + at.simd, id = ids[at.y];
  bool known = id >= 0 && id < p.experts;
  if (INSIDE(o < p.out)) {
    GLOBAL const uint8_t *row = w + (int64(known ? id : 0) * p.out + o) * row_bytes<F>(p.in);
    GLOBAL const float *from = x + int64(at.y / p.share) * p.in;
    float sum = 0;
    for (int g = at.lane; g * 8 < p.in; g += 32) {
      float v[8];
      int count = decode<F>(row, lattice, g, p.in, v);
      UNROLL for (int i = 0; i < 8; i++) {
        if (INSIDE(i < count)) sum += v[i] * from[g * 8 + i];
      }
    }
    sum = SIMD_SUM(sum);
    if (at.lane == 0) y[int64(at.y) * p.out + o] = known ? sum : bits_float(0x7fc00000);
  }
}

#define EXPERT_MATVEC(name, F)                                                                                  \
  KERNEL(name, GLOBAL const float *x, GLOBAL const uint8_t *w, GLOBAL const int *ids, GLOBAL float *y,          \
         PARAMS(ExpertParams) p) {                                                                              \
    expert_matvec<F>(PLACE, x, w, (GLOBAL const uint16_t *)w, ids, y, p);                                       \
  }
#define LATTICE_EXPERT_MATVEC(name, F)                                                                          \
  KERNEL(name, GLOBAL const float *x, GLOBAL const uint8_t *w, GLOBAL const uint16_t *lattice, GLOBAL const int *ids, \
         GLOBAL float *y, PARAMS(ExpertParams) p) {                                                             \
    expert_matvec<F>(PLACE, x, w, lattice, ids, y, p);                                                          \
  }
