package dev.gatun.openvinobackend;

import dev.gatun.openvinobackend.lower.LoweredModel;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Keys and values of one sequence, outside of OpenVINO: of each cache a row per position, one after
 * the other. Grows by doubling.
 */
final class Cache implements AutoCloseable {
  private static final int FIRST = 64;

  private final List<LoweredModel.Cache> caches;
  private final MemorySegment[] memory;
  private Arena arena = Arena.ofShared();
  private int capacity;

  Cache(List<LoweredModel.Cache> caches) {
    this.caches = caches;
    memory = new MemorySegment[caches.size()];
  }

  /** Makes room; keeps the first {@code used} positions. */
  void reserve(int positions, int used) {
    if (positions <= capacity) {
      return;
    }
    int larger = Math.max(Math.max(FIRST, 2 * capacity), positions);
    Arena next = Arena.ofShared();
    for (int i = 0; i < memory.length; i++) {
      long row = caches.get(i).positionBytes();
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
  MemorySegment rows(int cache, int from, int to) {
    long row = caches.get(cache).positionBytes();
    return memory[cache].asSlice(row * from, row * (to - from));
  }

  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
