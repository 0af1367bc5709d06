struct GatherRowsParams {
  int rows;
  int width;
  int table_rows;
  int y_stride;
};

/*
 * y[r] = the decoded row ids[r] of a table: embedding lookup.
 * table: [table_rows, width] in the format; ids: i32 [rows]; y: f32 [rows, width], a row every y_stride elements. A row
 * whose id is outside the table becomes NaN.
 * Grid: (ceil(width / 8 / threads), rows). Threads: any.
 */
template <class F>
DEVICE void gather_rows(Place at, GLOBAL const uint8_t *table, GLOBAL const uint16_t *lattice, GLOBAL const int *ids,
                        GLOBAL float *y, CONSTANT const GatherRowsParams &p) {
  int g = at.x * at.threads + at.id;
  if (INSIDE(g * 8 < p.width)) {
    int id = ids[at.y];
    GLOBAL float *to = y + int64(at.y) * p.y_stride + g * 8;
    float v[8];
    bool known = id >= 0 && id < p.table_rows;
    int count = decode<F>(table + (known ? id : 0) * row_bytes<F>(p.width), lattice, g, p.width, v);
    UNROLL for (int i = 0; i < 8; i++) {
      if (INSIDE(i < count)) to[i] = known ? v[i] : bits_float(0x7fc00000);
    }
  }
}

#define GATHER_ROWS(name, F)                                                                                     \
  KERNEL(name, GLOBAL const uint8_t *table, GLOBAL const int *ids, GLOBAL float *y, PARAMS(GatherRowsParams) p) { \
    gather_rows<F>(PLACE, table, (GLOBAL const uint16_t *)table, ids, y, p);                                     \
  }
#define LATTICE_GATHER_ROWS(name, F)                                                                            \
  KERNEL(name, GLOBAL const uint8_t *table, GLOBAL const uint16_t *lattice, GLOBAL const int *ids, GLOBAL float *y, \
         PARAMS(GatherRowsParams) p) {                                                                          \
    gather_rows<F>(PLACE, table, lattice, ids, y, p);                                                           \
  }
