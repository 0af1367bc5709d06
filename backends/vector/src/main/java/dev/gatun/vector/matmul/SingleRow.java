package dev.gatun.vector.matmul;

import java.lang.foreign.MemorySegment;

/** One row of X times a range of tiles: every byte of the weights is read once. */
final class SingleRow {
  /** Bytes touched before they are streamed: well within the second-level cache. */
  private static final long TOUCH_BYTES = 64 << 10;

  /** Columns decoded at a time for a format without a streaming kernel: a panel within L1. */
  private static final int CHUNK = 256;

  private static final int ROWS = TileFormat.ROWS;
  private static final long ROW_BYTES = ROWS * (long) Float.BYTES;

  private SingleRow() {}

  static void multiply(
      TileFormat format,
      MemorySegment packed,
      MemorySegment x,
      long xAt,
      MemorySegment sums,
      long sumsAt,
      int n,
      int k,
      MemorySegment y,
      long yAt,
      int fromTile,
      int toTile,
      MemorySegment scratch,
      long scratchAt) {
    long tileBytes = format.tileBytes(k);
    long end = toTile * tileBytes;
    long touched = fromTile * tileBytes;
    long edge = scratchAt + Panels.EDGE;
    for (int tile = fromTile; tile < toTile; tile++) {
      long at = tile * tileBytes;
      if (at + tileBytes > touched) {
        long to = Math.min(Math.max(at + TOUCH_BYTES, at + tileBytes), end);
        // Stored so that the reads are not optimized away.
        scratch.set(Memory.I64, scratchAt, Memory.touch(packed, touched, to));
        touched = to;
      }
      if (format.streams() && (tile + 1) * ROWS <= n) {
        format.dot(packed, at, k, x, xAt, sums, sumsAt, y, yAt + tile * ROW_BYTES);
      } else {
        if (format.streams()) {
          format.dot(packed, at, k, x, xAt, sums, sumsAt, scratch, edge);
        } else {
          decodeAndMultiply(format, packed, at, k, x, xAt, scratch, scratchAt);
        }
        int rows = Math.min(ROWS, n - tile * ROWS);
        MemorySegment.copy(scratch, edge, y, yAt + tile * ROW_BYTES, 4L * rows);
      }
    }
  }

  private static void decodeAndMultiply(
      TileFormat format,
      MemorySegment packed,
      long tile,
      int k,
      MemorySegment x,
      long xAt,
      MemorySegment scratch,
      long scratchAt) {
    long edge = scratchAt + Panels.EDGE;
    for (int r = 0; r < ROWS; r++) {
      scratch.set(Memory.F32, edge + 4L * r, 0);
    }
    for (int from = 0; from < k; from += CHUNK) {
      int steps = Math.min(CHUNK, k - from);
      if (!format.isPanel()) {
        format.unpack(packed, tile, k, from, from + steps, scratch, scratchAt);
      }
      for (int row = 0; row < ROWS; row += 2 * Lanes.COUNT) {
        if (format.isPanel()) {
          long panel = tile + from * (long) TileFormat.PANEL_BYTES + 4L * row;
          Panel1.multiply(packed, panel, steps, x, xAt + 4L * from, scratch, edge + 4L * row);
        } else {
          long panel = scratchAt + 4L * row;
          Panel1.multiply(scratch, panel, steps, x, xAt + 4L * from, scratch, edge + 4L * row);
        }
      }
    }
  }
}
