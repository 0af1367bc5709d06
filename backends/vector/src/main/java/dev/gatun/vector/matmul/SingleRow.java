package dev.gatun.vector.matmul;

import static dev.gatun.vector.simd.Memory.ALL;

import dev.gatun.vector.simd.Lanes;
import dev.gatun.vector.simd.Memory;
import java.lang.foreign.MemorySegment;

/** One row of X times a range of tiles: every byte of the weights is read once. */
final class SingleRow {
  /** Columns decoded at a time for a format without a streaming kernel: a panel within L1. */
  private static final int CHUNK = 256;

  private static final int ROWS = TileFormat.ROWS;
  private static final long ROW_BYTES = ROWS * (long) Float.BYTES;

  private SingleRow() {}

  static void multiply(
      TileFormat format,
      boolean streaming,
      long packed,
      long x,
      long sums,
      int n,
      int k,
      long y,
      int fromTile,
      int toTile,
      long scratch) {
    long tileBytes = format.tileBytes(k);
    long edge = scratch + Panels.EDGE;
    for (int tile = fromTile; tile < toTile; tile++) {
      long at = packed + tile * tileBytes;
      long rowsOfY = y + tile * ROW_BYTES;
      int rows = Math.min(ROWS, n - tile * ROWS);
      long out = streaming && rows == ROWS ? rowsOfY : edge;
      if (streaming) {
        format.dot(at, k, x, sums, out);
      } else {
        decodeAndMultiply(format, at, k, x, scratch);
      }
      if (out != rowsOfY) {
        MemorySegment.copy(ALL, out, ALL, rowsOfY, 4L * rows);
      }
    }
  }

  private static void decodeAndMultiply(TileFormat format, long tile, int k, long x, long scratch) {
    long edge = scratch + Panels.EDGE;
    for (int r = 0; r < ROWS; r++) {
      ALL.set(Memory.F32, edge + 4L * r, 0);
    }
    for (int from = 0; from < k; from += CHUNK) {
      int steps = Math.min(CHUNK, k - from);
      int length = format.isPanel() ? k : steps;
      long panel = tile + from * TileFormat.PANEL_BYTES;
      if (!format.isPanel()) {
        panel = scratch;
        format.unpack(tile, k, from, from + steps, panel);
      }
      for (int row = 0; row < ROWS; row += 2 * Lanes.COUNT) {
        Panel1.multiply(
            TileFormat.partOf(panel, length, row), steps, x + 4L * from, edge + 4L * row);
      }
    }
  }
}
