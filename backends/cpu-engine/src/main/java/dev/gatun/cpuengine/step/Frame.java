package dev.gatun.cpuengine.step;

import dev.gatun.cpuengine.state.HostPages;
import dev.gatun.engine.batch.BatchIndex;
import dev.gatun.engine.memory.HostPlaces;
import dev.gatun.engine.size.Extent;
import dev.gatun.engine.size.Extents;
import dev.gatun.engine.size.Sizes;
import dev.gatun.engine.state.KeyValueCache;
import dev.gatun.graph.Dim;
import java.lang.foreign.MemorySegment;

/**
 * What the steps of a program work on: the memory of one session and the sizes of the current
 * submission. The session fills it; steps read it.
 */
public final class Frame implements Sizes, HostPlaces {
  private final MemorySegment[] segments;
  private final long[] offsets;
  private final Extents extents;
  private final long[] symbols;
  private final long[] sizes;
  private final Object[][] working;
  private MemorySegment scratch = MemorySegment.NULL;
  private long scratchStride;
  private final BatchIndex[] batches;
  private final KeyValueCache cache;
  private final HostPages pages;

  /**
   * @param storages number of storages
   * @param extents the sizes of the program
   * @param symbols size per symbol; the session overwrites them, -1 for unknown ones
   * @param sizes one per dynamic {@link Extent}; the session overwrites them
   * @param working objects that workers need for themselves, by slot and worker
   * @param batches one per distinct pair of positions and sequences
   * @param cache null when the program has no state
   * @param pages of the cache
   */
  public Frame(
      int storages,
      Extents extents,
      long[] symbols,
      long[] sizes,
      Object[][] working,
      BatchIndex[] batches,
      KeyValueCache cache,
      HostPages pages) {
    segments = new MemorySegment[storages];
    offsets = new long[storages];
    this.extents = extents;
    this.symbols = symbols;
    this.sizes = sizes;
    this.working = working;
    this.batches = batches;
    this.cache = cache;
    this.pages = pages;
  }

  /** Places a storage. */
  public void place(int storage, MemorySegment segment, long offset) {
    segments[storage] = segment;
    offsets[storage] = offset;
  }

  /** Working memory from now on, {@code stride} bytes a worker. */
  public void scratch(MemorySegment memory, long stride) {
    scratch = memory;
    scratchStride = stride;
  }

  @Override
  public MemorySegment segment(int storage) {
    return segments[storage];
  }

  @Override
  public long offset(int storage) {
    return offsets[storage];
  }

  @Override
  public long size(int index) {
    return sizes[index];
  }

  /** The size of a dimension; -1 while it is unknown. */
  public long size(Dim dim) {
    return extents.resolve(dim, symbols);
  }

  /** A worker's own object, for a step that asked for one. */
  public Object working(int slot, int worker) {
    return working[slot][worker];
  }

  public MemorySegment scratch() {
    return scratch;
  }

  /** Where a worker's scratch memory starts; 64-byte aligned. */
  public long scratchAt(int worker) {
    return worker * scratchStride;
  }

  public BatchIndex batch(int index) {
    return batches[index];
  }

  /** The page that holds positions {@code [64 index, 64 index + 64)} of a sequence. */
  public MemorySegment page(int sequence, int index) {
    return pages.page(cache.page(sequence, index));
  }
}
