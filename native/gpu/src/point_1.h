#include "lattice.h"

/* Eight values of a point of -1, 0 and 1, shifted by an eighth. */
DEVICE void point_1(uint point, bool down, float scale, LOCAL float *v) {
  UNROLL for (int i = 0; i < 8; i++) {
    v[i] = scale * (float(int(point >> (2 * i) & 3) - 1) + (down ? -0.125f : 0.125f));
  }
}
