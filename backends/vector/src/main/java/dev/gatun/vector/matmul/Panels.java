package dev.gatun.vector.matmul;

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
  private static final long PANEL = (long) CHUNK * TileFormat.PANEL_BYTES;
  private static final long ROW_BYTES = ROWS * (long) Float.BYTES;

  /** Where the panels end and a block of Y starts that stands in at the edges of Y. */
  static final long EDGE = TILES * PANEL;

  static final long SCRATCH_BYTES = EDGE + Activations.GROUP * ROW_BYTES;

  /** Whether there are 32 vector registers: AVX-512 and 64-bit Arm. */
  private static final boolean MANY_REGISTERS =
      Lanes.BITS == 512 || System.getProperty("os.arch").equals("aarch64");

  private Panels() {}

  /**
   * @param yStride bytes from one row of Y to the next
   */
  static void multiply(
      TileFormat format,
      MemorySegment packed,
      MemorySegment x,
      long xAt,
      int m,
      int n,
      int k,
      MemorySegment y,
      long yAt,
      long yStride,
      int fromTile,
      int toTile,
      MemorySegment scratch,
      long scratchAt) {
    long tileBytes = format.tileBytes(k);
    boolean decoded = format.isPanel();
    MemorySegment panels = decoded ? packed : scratch;
    for (int from = 0; from < k; from += CHUNK) {
      int to = Math.min(from + CHUNK, k);
      for (int tile = fromTile; tile < toTile && !decoded; tile++) {
        long panel = scratchAt + (tile - fromTile) * PANEL;
        format.unpack(packed, tile * tileBytes, k, from, to, scratch, panel);
      }
      int size;
      for (int row = 0; row < m; row += size) {
        size = Activations.groupSize(row, m);
        long group = xAt + Activations.at(row, k) + 4L * from * size;
        int columns = Math.min(size, m - row);
        for (int tile = fromTile; tile < toTile; tile++) {
          long panel =
              decoded
                  ? tile * tileBytes + from * (long) TileFormat.PANEL_BYTES
                  : scratchAt + (tile - fromTile) * PANEL;
          int rows = Math.min(ROWS, n - tile * ROWS);
          long block = yAt + row * yStride + tile * ROW_BYTES;
          if (rows == ROWS && columns == size) {
            if (from == 0) {
              clear(y, block, yStride, size);
            }
            block(size, panels, panel, to - from, x, group, y, block, yStride);
          } else {
            long edge = scratchAt + EDGE;
            clear(scratch, edge, ROW_BYTES, size);
            if (from > 0) {
              copy(y, block, yStride, scratch, edge, ROW_BYTES, columns, rows);
            }
            block(size, panels, panel, to - from, x, group, scratch, edge, ROW_BYTES);
            copy(scratch, edge, ROW_BYTES, y, block, yStride, columns, rows);
          }
        }
      }
    }
  }

  /** A whole block of 32 rows of W and one group of X. */
  private static void block(
      int size,
      MemorySegment panel,
      long panelAt,
      int steps,
      MemorySegment x,
      long xAt,
      MemorySegment y,
      long yAt,
      long yStride) {
    for (int row = 0; row < ROWS; row += 2 * Lanes.COUNT) {
      long p = panelAt + 4L * row;
      long q = yAt + 4L * row;
      if (size == Activations.TAIL_GROUP) {
        Panel4.multiply(panel, p, steps, x, xAt, y, q, yStride);
      } else if (MANY_REGISTERS) {
        Panel12.multiply(panel, p, steps, x, xAt, y, q, yStride);
      } else {
        Panel6.multiply(panel, p, steps, x, xAt, y, q, yStride);
        Panel6.multiply(panel, p, steps, x, xAt + 24, y, q + 6 * yStride, yStride);
      }
    }
  }

  private static void clear(MemorySegment y, long yAt, long yStride, int columns) {
    FloatVector zero = FloatVector.zero(Lanes.F32);
    for (int c = 0; c < columns; c++) {
      long at = yAt + c * yStride;
      for (long end = at + ROW_BYTES; at < end; at += Lanes.BYTES) {
        zero.intoMemorySegment(y, at, Lanes.LE);
      }
    }
  }

  private static void copy(
      MemorySegment from,
      long fromAt,
      long fromStride,
      MemorySegment to,
      long toAt,
      long toStride,
      int columns,
      int rows) {
    for (int c = 0; c < columns; c++) {
      for (int r = 0; r < rows; r++) {
        float value = from.get(Memory.F32, fromAt + c * fromStride + 4L * r);
        to.set(Memory.F32, toAt + c * toStride + 4L * r, value);
      }
    }
  }
}
