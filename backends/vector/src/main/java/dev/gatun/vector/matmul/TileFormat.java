package dev.gatun.vector.matmul;

import dev.gatun.tensor.DType;

/**
 * How 32 rows of a matrix are packed, decoded and streamed. Stateless; positions are addresses of
 * native memory that {@link TiledMatMul} has checked.
 *
 * <p>A decoded tile is a <em>panel</em>: {@link RowGroups groups} of rows, each {@code [k][rows]}
 * in F32.
 */
abstract class TileFormat {
  /** Rows of W in a tile. */
  static final int ROWS = 32;

  /** Bytes of one step along k in a group of a panel. */
  static final long PANEL_BYTES = (long) RowGroups.ROWS * Float.BYTES;

  private final DType dtype;

  TileFormat(DType dtype) {
    this.dtype = dtype;
  }

  final DType dtype() {
    return dtype;
  }

  /** Names the bytes of a tile; changes with them. */
  abstract String layout();

  /** Bytes of a tile, a multiple of 64. */
  abstract long tileBytes(int k);

  /**
   * Packs {@code count} consecutive rows into one tile; the lanes of the others are zero already.
   *
   * @param rows where the first row starts
   */
  abstract void pack(long rows, int count, int k, long tile);

  /**
   * Whether the packed tile is its own panel, so that {@link #unpack} is never called. Such a tile
   * has {@code k} steps.
   */
  boolean isPanel() {
    return false;
  }

  /** Where row {@code row} of a panel of {@code steps} steps starts. */
  static long partOf(long panel, int steps, int row) {
    return RowGroups.at(panel, row, steps * PANEL_BYTES);
  }

  /**
   * Decodes the columns {@code [from, to)} of a tile to a panel. The bounds are multiples of 256 or
   * the end of the row.
   */
  abstract void unpack(long tile, int k, int from, int to, long panel);

  /** Whether {@link #dot} is there. */
  boolean streams() {
    return false;
  }

  /**
   * The products of one activation row with the 32 rows of a tile, read once from front to back.
   *
   * @param x k floats
   * @param sums sums of each 16 consecutive elements of x
   * @param y 32 floats
   */
  void dot(long tile, int k, long x, long sums, long y) {
    throw new UnsupportedOperationException(layout() + " does not stream");
  }
}
