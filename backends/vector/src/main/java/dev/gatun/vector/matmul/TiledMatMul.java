package dev.gatun.vector.matmul;

import dev.gatun.cpuengine.kernel.MatMulKernel;
import dev.gatun.tensor.Tensor;
import dev.gatun.vector.simd.Lanes;
import dev.gatun.vector.simd.Memory;
import java.lang.foreign.MemorySegment;

/**
 * Products with a matrix in tiles of 32 rows, in single precision throughout: weights are decoded
 * exactly (one rounding each), activations stay F32.
 *
 * <p>Two or more rows of X: columns of W are decoded a chunk at a time to panels that stay in the
 * second-level cache, and each panel is multiplied with every group of rows. The sum over k runs in
 * order, so that a row's result depends neither on m nor on its place in X. One row: the format's
 * streaming kernel, where there is one and it is wanted, whose sums run in another order; else the
 * same sums as with several rows.
 */
final class TiledMatMul implements MatMulKernel {
  private static final int ROWS = TileFormat.ROWS;

  private final TileFormat format;
  private final boolean streaming;

  TiledMatMul(TileFormat format, boolean streaming) {
    this.format = format;
    this.streaming = streaming && format.streams();
  }

  @Override
  public String name() {
    // Like its products, its name differs only where another order of sums would be faster.
    String order = format.streams() && !streaming ? ".in-order" : "";
    return "vector" + Lanes.BITS + "." + layout() + order;
  }

  @Override
  public String layout() {
    return format.layout();
  }

  @Override
  public int tileRows() {
    return ROWS;
  }

  @Override
  public long packedBytes(int n, int k) {
    return Math.multiplyExact((long) tiles(n), format.tileBytes(k));
  }

  @Override
  public void pack(Tensor weights, MemorySegment packed, int fromTile, int toTile) {
    if (weights.dtype() != format.dtype()) {
      throw new IllegalArgumentException(
          layout() + " packs " + format.dtype() + ", not " + weights.dtype());
    }
    int n = Math.toIntExact(weights.shape().dim(0));
    int k = Math.toIntExact(weights.shape().dim(1));
    long tileBytes = format.tileBytes(k);
    long rows = Memory.address(weights.data(), 0, n * weights.rowBytes());
    long tiles = Memory.address(packed, 0, toTile * tileBytes);
    for (int tile = fromTile; tile < toTile; tile++) {
      int count = Math.min(ROWS, n - tile * ROWS);
      if (count < ROWS) {
        packed.asSlice(tile * tileBytes, tileBytes).fill((byte) 0);
      }
      long first = rows + (long) tile * ROWS * weights.rowBytes();
      format.pack(first, count, k, tiles + tile * tileBytes);
    }
  }

  @Override
  public long preparedBytes(int m, int k) {
    return m == 0 ? 0 : Activations.bytes(m, k);
  }

  @Override
  public void prepare(
      MemorySegment x,
      long xOffset,
      int m,
      int k,
      MemorySegment prepared,
      long preparedOffset,
      int fromRow,
      int toRow) {
    long from = Memory.address(x, xOffset, 4L * m * k);
    long to = Memory.address(prepared, preparedOffset, preparedBytes(m, k));
    if (m == 1) {
      Activations.sums(from, k, to);
    } else {
      Activations.interleave(from, m, k, to, fromRow, toRow);
    }
  }

  @Override
  public long scratchBytes(int m, int n, int k) {
    return Panels.SCRATCH_BYTES;
  }

  @Override
  public void multiply(
      MemorySegment packed,
      MemorySegment x,
      long xOffset,
      MemorySegment prepared,
      long preparedOffset,
      int m,
      int n,
      int k,
      MemorySegment y,
      long yOffset,
      long yStride,
      int fromTile,
      int toTile,
      MemorySegment scratch,
      long scratchOffset) {
    int end = Math.min(toTile, tiles(n));
    if (m == 0 || fromTile >= end) {
      return;
    }
    long tiles = Memory.address(packed, 0, packedBytes(n, k));
    long rows = Memory.address(x, xOffset, 4L * m * k);
    long ready = Memory.address(prepared, preparedOffset, preparedBytes(m, k));
    long to = Memory.address(y, yOffset, 4 * ((m - 1) * yStride + n));
    long own = Memory.address(scratch, scratchOffset, Panels.SCRATCH_BYTES);
    if (m == 1) {
      SingleRow.multiply(format, streaming, tiles, rows, ready, n, k, to, fromTile, end, own);
    } else {
      for (int tile = fromTile; tile < end; tile += Panels.TILES) {
        int last = Math.min(tile + Panels.TILES, end);
        Panels.multiply(format, tiles, ready, m, n, k, to, 4 * yStride, tile, last, own);
      }
    }
  }

  private static int tiles(int n) {
    return (n + ROWS - 1) / ROWS;
  }
}
