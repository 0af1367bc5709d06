package dev.gatun.cpuengine.kernel;

import java.lang.foreign.MemorySegment;

/** The tiles of one sequence and one key-value head, numbered from position 0 on. */
public interface StoredTiles {
  /** The memory that holds a tile's keys and values. */
  MemorySegment page(int tile);

  /** Byte offset of a tile's keys in its page. */
  long keysAt(int tile);

  /**
   * Byte offset of a tile's values in its page; of no meaning where they are a view of the keys.
   */
  long valuesAt(int tile);

  /** Whether {@link #hide} is needed: ranges do not tell all. */
  default boolean hides() {
    return false;
  }

  /** Sets the scores that a query must not see to minus infinity. */
  default void hide(int query, int tile, MemorySegment scores, long at) {}
}
