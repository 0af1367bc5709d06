/* What the threads of a group find out together. */

#define INFINITE (bits_float(0x7f800000u))

/* Sum over the group's threads, for all of them. parts: shared, one for each SIMD group; read until the next barrier. */
DEVICE float group_sum(Place at, float x, SHARED_PTR float *parts) {
  x = SIMD_SUM(x);
  if (at.lane == 0) parts[at.simd] = x;
  BARRIER();
  x = SIMD_SUM(at.lane < at.threads / 32 ? parts[at.lane] : 0.0f);
  return x;
}

