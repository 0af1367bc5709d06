/* Places of elements under strides. No kernel of its own; families include it. */

/* Most axes that a kernel walks over, after neighbouring ones that lie alike were joined. */
#define AXES 8

/*
 * For the element of an index, its place under one set of strides. Axes come innermost first, at least one; the extent
 * of the last is not needed.
 */
DEVICE int offset_of(int index, int rank, CONSTANT const int *extent, CONSTANT const int *stride) {
  int at = 0;
  UNROLL
  for (int d = 0; d < AXES; d++) {
    if (d == rank - 1) return at + index * stride[d];
    int rest = index / extent[d];
    at += (index - rest * extent[d]) * stride[d];
    index = rest;
  }
  return at;
}

/*
 * An index that a model's data give, of I32 or, when wide, of I64; counted from the end when negative.
 * -1 when it lies outside.
 */
DEVICE int index_at(GLOBAL const void *indices, int i, int wide, int extent) {
  int64 index = wide ? ((GLOBAL const int64 *)indices)[i] : (int64)((GLOBAL const int *)indices)[i];
  if (index < 0) index += extent;
  return index >= 0 && index < extent ? (int)index : -1;
}
