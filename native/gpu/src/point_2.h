#include "lattice.h"

/* Eight magnitudes of a point of two bits a level, with their signs. */
TABLE(uint8_t, LEVELS_2, 4) = {8, 25, 43, 0};

DEVICE void point_2(uint point, uint signs, float scale, LOCAL float *v) {
  UNROLL for (int i = 0; i < 8; i++) {
    float size = scale * float(LEVELS_2[point >> (2 * i) & 3]);
    v[i] = (signs >> i & 1) == 0 ? size : -size;
  }
}
