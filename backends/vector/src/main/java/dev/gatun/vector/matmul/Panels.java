package dev.gatun.vector.matmul;

import static dev.gatun.vector.simd.Memory.ALL;

import dev.gatun.vector.simd.Lanes;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/**
 * Several rows of X times a few tiles: decodes chunks of the tiles to panels and multiplies them.
 */
final class Panels {
  /** Tiles in one call: each group of X is used for all of them while it is in the first cache. */
  static final int TILES = 4;

  /** Columns of W decoded at a time; a multiple of every block length. */
  static final int CHUNK = 512;

  private static final int ROWS = TileFormat.ROWS;
  private static final long ROW_BYTES = ROWS * (long) Float.BYTES;
  private static final long PANEL = CHUNK * ROW_BYTES;

  /** Where the panels end and a block of Y starts that stands in at the edges of Y. */
  static final long EDGE = TILES * PANEL;

  static final long SCRATCH_BYTES = EDGE + Activations.GROUP * ROW_BYTES;

  private Panels() {}

  /**
   * @param yStride bytes from one row of Y to the next
   */
  static void multiply(
      TileFormat format,
      long packed,
      long x,
      int m,
      int n,
      int k,
      long y,
      long yStride,
      int fromTile,
      int toTile,
      long scratch) {
    long tileBytes = format.tileBytes(k);
    boolean decoded = format.isPanel();
    long edge = scratch + EDGE;
    for (int from = 0; from < k; from += CHUNK) {
      int to = Math.min(from + CHUNK, k);
      int length = decoded ? k : to - from;
      for (int tile = fromTile; tile < toTile && !decoded; tile++) {
        format.unpack(packed + tile * tileBytes, k, from, to, scratch + (tile - fromTile) * PANEL);
      }
      int size;
      for (int row = 0; row < m; row += size) {
        size = Activations.groupSize(row, m);
        long group = x + Activations.at(row, k) + 4L * from * Activations.slots(size);
        int columns = Math.min(size, m - row);
        for (int tile = fromTile; tile < toTile; tile++) {
          long panel =
              decoded
                  ? packed + tile * tileBytes + from * TileFormat.PANEL_BYTES
                  : scratch + (tile - fromTile) * PANEL;
          int rows = Math.min(ROWS, n - tile * ROWS);
          long block = y + row * yStride + tile * ROW_BYTES;
          if (rows == ROWS && columns == size) {
            if (from == 0) {
              clear(block, yStride, size);
            }
            block(size, panel, length, to - from, group, block, yStride);
          } else {
            clear(edge, ROW_BYTES, size);
            if (from > 0) {
              copy(block, yStride, edge, ROW_BYTES, columns, rows);
            }
            block(size, panel, length, to - from, group, edge, ROW_BYTES);
            copy(edge, ROW_BYTES, block, yStride, columns, rows);
          }
        }
      }
    }
  }

  /**
   * A whole block of 32 rows of W and one group of X.
   *
   * @param length steps of the panel, of which {@code steps} are multiplied
   */
  static void block(int size, long panel, int length, int steps, long x, long y, long yStride) {
    for (int row = 0; row < ROWS; row += 2 * Lanes.COUNT) {
      long p = TileFormat.partOf(panel, length, row);
      long q = y + 4L * row;
      switch (size) {
        case 8 -> Panel8.multiply(p, steps, x, q, yStride);
        case 6 -> Panel6.multiply(p, steps, x, q, yStride);
        default -> Panel4.multiply(p, steps, x, q, yStride);
      }
    }
  }

  private static void clear(long y, long yStride, int columns) {
    FloatVector zero = FloatVector.zero(Lanes.F32);
    for (int c = 0; c < columns; c++) {
      long at = y + c * yStride;
      for (long end = at + ROW_BYTES; at < end; at += Lanes.BYTES) {
        zero.intoMemorySegment(ALL, at, Lanes.LE);
      }
    }
  }

  private static void copy(
      long from, long fromStride, long to, long toStride, int columns, int rows) {
    for (int c = 0; c < columns; c++) {
      MemorySegment.copy(ALL, from + c * fromStride, ALL, to + c * toStride, 4L * rows);
    }
  }
}
