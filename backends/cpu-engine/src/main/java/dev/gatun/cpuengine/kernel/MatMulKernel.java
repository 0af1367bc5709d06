package dev.gatun.cpuengine.kernel;

import dev.gatun.tensor.Tensor;
import java.lang.foreign.MemorySegment;

/**
 * {@code Y = X W^T} for one weight format: W [n, k] as its file stores it, repacked once into tiles
 * of rows; X [m, k] and Y [m, n] in F32, row major, little endian.
 *
 * <p>Stateless and thread-safe: workers call it at once for disjoint ranges. Nothing is allocated
 * by {@link #prepare} and {@link #multiply}. All offsets and strides are in bytes unless named
 * otherwise; segments are native memory, 64-byte aligned at the offsets given.
 *
 * <p>The result of a row of Y does not depend on how the tiles are shared among workers, and, for a
 * kernel that says so by its name's suffix, not on m.
 */
public interface MatMulKernel {
  /** What runs, for plans and profiles: {@code vector512.q4_0.f32}. */
  String name();

  /** Identifies the packed layout: equal names mean interchangeable bytes. */
  String layout();

  /**
   * Identifies what {@link #prepare} writes: kernels with equal names share it. By default no other
   * kernel does.
   */
  default String preparation() {
    return layout();
  }

  /** Rows of W in one tile; the last tile is padded. */
  int tileRows();

  /** Size of the packed weights. */
  long packedBytes(int n, int k);

  /**
   * Packs tiles {@code [fromTile, toTile)}.
   *
   * @param weights [n, k]
   */
  void pack(Tensor weights, MemorySegment packed, int fromTile, int toTile);

  /** Size of what {@link #prepare} writes; 0 when {@link #multiply} reads X itself. */
  long preparedBytes(int m, int k);

  /**
   * Prepares rows {@code [fromRow, toRow)} of X (quantizes, reorders): done once for all products
   * that share X.
   */
  void prepare(
      MemorySegment x,
      long xOffset,
      int m,
      int k,
      MemorySegment prepared,
      long preparedOffset,
      int fromRow,
      int toRow);

  /** Working memory that one worker needs in {@link #multiply}. */
  long scratchBytes(int m, int n, int k);

  /**
   * Computes the columns of Y that tiles {@code [fromTile, toTile)} give, for all m rows.
   *
   * @param yStride elements from one row of Y to the next, at least n
   */
  void multiply(
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
      long scratchOffset);
}
