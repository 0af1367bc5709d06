package dev.gatun.cpuengine.kernel;

import dev.gatun.engine.state.CacheLayout;
import dev.gatun.tensor.DType;
import java.lang.foreign.MemorySegment;

/**
 * The pieces of attention over tiles of {@link #TILE} positions, computed with running maximum and
 * sum (Milakov and Gimelshein 2018; Dao et al. 2022). The engine calls {@link #attend}.
 *
 * <p>A tile of keys is transposed: [keyDim, TILE]; a tile of values is [TILE, valueDim]. In the
 * cache a tile is stored as F32, F16 or Q8_0: for F16 the same layout in halves; for Q8_0 signed
 * bytes in the same layout, followed by half-precision scales, one per position and 32 elements of
 * the head: [ceil(keyDim / 32), TILE] for keys, [TILE, ceil(valueDim / 32)] for values.
 */
public interface AttentionKernels {
  /** Positions of a tile. */
  int TILE = CacheLayout.PAGE;

  /** Bytes of one head's tile of keys or values with {@code dim} elements a position. */
  static long tileBytes(DType dtype, int dim) {
    long elements = (long) TILE * dim;
    return switch (dtype) {
      case F32 -> 4 * elements;
      case F16 -> 2 * elements;
      case Q8_0 -> elements + 2L * TILE * ((dim + 31) / 32);
      default -> throw new IllegalArgumentException("no attention state of " + dtype);
    };
  }

  /** Stores one position's key as column {@code slot} of a tile. */
  void storeKey(
      DType dtype,
      MemorySegment key,
      long keyOffset,
      int dim,
      MemorySegment tile,
      long at,
      int slot);

  /** Stores one position's value as row {@code slot} of a tile. */
  void storeValue(
      DType dtype,
      MemorySegment value,
      long valueOffset,
      int dim,
      MemorySegment tile,
      long at,
      int slot);

  /**
   * Decodes a stored tile of keys to F32 [dim, TILE].
   *
   * @param dtype F16 or Q8_0
   */
  void loadKeys(DType dtype, MemorySegment tile, long at, int dim, MemorySegment y, long yOffset);

  /**
   * Decodes a stored tile of values to F32 [TILE, dim].
   *
   * @param dtype F16 or Q8_0
   */
  void loadValues(DType dtype, MemorySegment tile, long at, int dim, MemorySegment y, long yOffset);

  /**
   * {@code s[i, j] = q[i] . keys[:, j]} for all {@link #TILE} columns.
   *
   * @param q [queries, dim]
   * @param keys [dim, TILE]
   * @param s [queries, TILE]
   */
  void scores(
      MemorySegment q,
      long qOffset,
      int queries,
      MemorySegment keys,
      long keysOffset,
      int dim,
      MemorySegment s,
      long sOffset);

  /**
   * Bounds scores: {@code s = cap * tanh(s / cap)}.
   *
   * @param count scores
   */
  void softcap(MemorySegment s, long sOffset, int count, float cap);

  /**
   * Turns one query's scores into weights: with m the larger of {@code stats[0]} and the maximum
   * over columns [from, to), sets {@code s[j] = exp(s[j] - m)} there and 0 elsewhere, multiplies
   * {@code stats[1]} and the accumulator by {@code exp(stats[0] - m)}, adds the weights to {@code
   * stats[1]}, and sets {@code stats[0] = m}. A range whose scores are all -inf leaves everything
   * but s as it is.
   *
   * @param s [TILE]
   * @param stats two elements: running maximum, running sum
   * @param sum [dim], the accumulator
   */
  void weigh(
      MemorySegment s,
      long sOffset,
      int from,
      int to,
      MemorySegment stats,
      long statsOffset,
      MemorySegment sum,
      long sumOffset,
      int dim);

  /**
   * {@code sums[i] += weights[i, :] values} for rows [from, to) of the values; weights elsewhere
   * are 0.
   *
   * @param weights [queries, TILE]
   * @param values [TILE, dim]
   * @param sums [queries, dim]
   */
  void accumulate(
      MemorySegment weights,
      long weightsOffset,
      int queries,
      MemorySegment values,
      long valuesOffset,
      int dim,
      int from,
      int to,
      MemorySegment sums,
      long sumsOffset);

  /**
   * {@link #accumulate} with the values taken from the first {@code dim} rows of a tile of keys.
   *
   * @param keys [at least dim, TILE]
   */
  void accumulateKeys(
      MemorySegment weights,
      long weightsOffset,
      int queries,
      MemorySegment keys,
      long keysOffset,
      int dim,
      MemorySegment sums,
      long sumsOffset);

  /** Bytes of working memory of {@link #attend} for this many queries. */
  default long attendBytes(int queries, int keyDim, int valueDim) {
    return TileByTile.scratchBytes(queries, keyDim, valueDim);
  }

  /**
   * The running update of a block of queries for tiles [fromTile, toTile), in order: scores, {@link
   * #softcap} where there is one, {@link #weigh}, {@link #accumulate}. Each query sees what its
   * range says. Its result does not depend on the other queries.
   */
  default void attend(QueryBlock block, StoredTiles tiles, int fromTile, int toTile) {
    TileByTile.attend(this, block, tiles, fromTile, toTile);
  }
}
