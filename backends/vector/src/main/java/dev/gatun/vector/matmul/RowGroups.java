package dev.gatun.vector.matmul;

import dev.gatun.vector.simd.Lanes;

/**
 * Tiles of groups of rows, one group after the other. A streaming kernel takes two vectors of rows
 * at a time; so it reads its memory from front to back at every width.
 */
final class RowGroups {
  /** Rows in a group. */
  static final int ROWS = 2 * Lanes.COUNT;

  /** Groups in a tile. */
  static final int COUNT = TileFormat.ROWS / ROWS;

  private RowGroups() {}

  /** Where the 32-bit lane of row {@code row} of a tile starts. */
  static long at(long tile, int row, long groupBytes) {
    return tile + row / ROWS * groupBytes + 4L * lane(row);
  }

  /** Row {@code row} of a tile within its group. */
  static int lane(int row) {
    return row % ROWS;
  }
}
