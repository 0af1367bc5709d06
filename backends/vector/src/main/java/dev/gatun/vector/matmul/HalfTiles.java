package dev.gatun.vector.matmul;

/**
 * Tiles of two halves of 16 rows, one after the other. A kernel with much to decode reads one
 * vector of rows at a time, which keeps it small enough to compile well; a half at a time, it still
 * reads its memory from front to back.
 */
final class HalfTiles {
  /** Rows in a half: the lanes of the widest vectors. */
  static final int ROWS = 16;

  private HalfTiles() {}

  /** Where the 32-bit lane of row {@code row} of a tile starts. */
  static long row(long tile, int row, long halfBytes) {
    return tile + row / ROWS * halfBytes + 4L * (row % ROWS);
  }
}
