package dev.gatun.engine.compiled;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Keys and values of one sequence, outside of the vendor's library: of each cache a row per
 * position, one after the other. Grows by doubling; what was never written is zero.
 */
public final class RowCache implements AutoCloseable {
  private static final int FIRST = 64;

  private final long[] rowBytes;
  private final MemorySegment[] memory;
  private Arena arena = Arena.ofShared();
  private int capacity;

  /**
   * An empty cache.
   *
   * @param rowBytes bytes of a position, for each cache
   */
  public RowCache(long... rowBytes) {
    this.rowBytes = rowBytes.clone();
    memory = new MemorySegment[rowBytes.length];
  }

  /** Makes room; keeps the first {@code used} positions. */
  public void reserve(int positions, int used) {
    if (positions <= capacity) {
      return;
    }
    int larger = Math.max(Math.max(FIRST, 2 * capacity), positions);
    Arena next = Arena.ofShared();
    for (int i = 0; i < memory.length; i++) {
      long row = rowBytes[i];
      MemorySegment grown = next.allocate(row * larger, 64);
      if (used > 0) {
        MemorySegment.copy(memory[i], 0, grown, 0, row * used);
      }
      memory[i] = grown;
    }
    arena.close();
    arena = next;
    capacity = larger;
  }

  /** Positions [from, to) of a cache. */
  public MemorySegment rows(int cache, int from, int to) {
    long row = rowBytes[cache];
    return memory[cache].asSlice(row * from, row * (to - from));
  }

  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
