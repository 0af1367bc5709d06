package dev.gatun.engine.state;

import dev.gatun.runtime.spi.BackendException;
import java.util.Arrays;

/**
 * Pages of one session, made when first needed and reused afterwards, with a count of the sequences
 * that share each. Not thread-safe.
 */
final class PagePool {
  private final PageMemory memory;
  private final int positionLimit;
  private int[] owners = new int[16];
  private int[] fill = new int[16];
  private int[] free = new int[16];
  private int made;
  private int freeCount;
  private int stored;

  /**
   * @param positionLimit positions of all pages together
   */
  PagePool(PageMemory memory, int positionLimit) {
    this.memory = memory;
    this.positionLimit = positionLimit;
  }

  int limit() {
    return positionLimit;
  }

  boolean shared(int id) {
    return owners[id] > 1;
  }

  /** An empty page with one owner. */
  int take() {
    int id = freeCount > 0 ? free[--freeCount] : make();
    owners[id] = 1;
    fill[id] = 0;
    return id;
  }

  private int make() {
    if (made == owners.length) {
      int capacity = 2 * made;
      owners = Arrays.copyOf(owners, capacity);
      fill = Arrays.copyOf(fill, capacity);
      free = Arrays.copyOf(free, capacity);
    }
    memory.add();
    return made++;
  }

  void share(int id) {
    owners[id]++;
  }

  /** Gives up one ownership. */
  void release(int id) {
    if (--owners[id] == 0) {
      stored -= fill[id];
      free[freeCount++] = id;
    }
  }

  /** A copy of a shared page, for one of its owners. */
  int detach(int id) {
    int copy = take();
    memory.copy(id, copy);
    owners[id]--;
    return copy;
  }

  /** Declares how many positions of a page are in use. */
  void fill(int id, int positions) {
    stored += positions - fill[id];
    fill[id] = positions;
  }

  /**
   * Checks that more positions fit.
   *
   * @throws BackendException when they do not
   */
  void require(int more) {
    if ((long) stored + more > positionLimit) {
      throw new BackendException(
          ("the cache of keys and values is full: %d of %d positions are in use and %d more are"
                  + " needed; open the session with more positions, or truncate or close a"
                  + " sequence")
              .formatted(stored, positionLimit, more));
    }
  }

  static int pagesFor(int positions) {
    return (positions + CacheLayout.PAGE - 1) / CacheLayout.PAGE;
  }
}
