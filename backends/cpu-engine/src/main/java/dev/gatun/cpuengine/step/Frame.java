package dev.gatun.cpuengine.step;

import dev.gatun.cpuengine.state.BatchIndex;
import dev.gatun.cpuengine.state.KeyValueCache;
import java.lang.foreign.MemorySegment;

/**
 * What the steps of a program work on: the memory of one session and the sizes of the current
 * submission. The session fills it; steps read it.
 */
public final class Frame {
  private final MemorySegment[] segments;
  private final long[] offsets;
  private final long[] sizes;
  private final Object[][] working;
  private final MemorySegment scratch;
  private final long scratchStride;
  private final BatchIndex[] batches;
  private final KeyValueCache cache;

  /**
   * @param storages number of storages
   * @param sizes one per dynamic {@link Extent}; the session overwrites them
   * @param working objects that workers need for themselves, by slot and worker
   * @param scratch working memory, {@code scratchStride} bytes a worker
   * @param batches one per distinct pair of positions and sequences
   * @param cache null when the program has no state
   */
  public Frame(
      int storages,
      long[] sizes,
      Object[][] working,
      MemorySegment scratch,
      long scratchStride,
      BatchIndex[] batches,
      KeyValueCache cache) {
    segments = new MemorySegment[storages];
    offsets = new long[storages];
    this.sizes = sizes;
    this.working = working;
    this.scratch = scratch;
    this.scratchStride = scratchStride;
    this.batches = batches;
    this.cache = cache;
  }

  /** Places a storage. */
  public void place(int storage, MemorySegment segment, long offset) {
    segments[storage] = segment;
    offsets[storage] = offset;
  }

  public MemorySegment segment(int storage) {
    return segments[storage];
  }

  public long offset(int storage) {
    return offsets[storage];
  }

  public long size(int index) {
    return sizes[index];
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

  public KeyValueCache cache() {
    return cache;
  }
}
