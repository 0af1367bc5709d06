package dev.gatun.cpuengine.state;

import dev.gatun.cpuengine.kernel.AttentionKernels;
import dev.gatun.os.HugePages;
import dev.gatun.runtime.spi.BackendException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Pages of one session, made when first needed and reused afterwards, with a count of the sequences
 * that share each. Memory is taken for several pages at a time, for ever more of them, so that a
 * long cache lies in huge pages and a short one stays small. Not thread-safe.
 */
final class PagePool implements AutoCloseable {
  /** Most bytes taken at a time, unless one page has more. */
  private static final long CHUNK_BYTES = 16L << 20;

  private final Arena arena = Arena.ofShared();
  private final long pageBytes;
  private final int positionLimit;
  private MemorySegment[] pages = new MemorySegment[16];
  private int[] owners = new int[16];
  private int[] fill = new int[16];
  private int[] free = new int[16];
  private MemorySegment chunk = MemorySegment.NULL;
  private int made;
  private int freeCount;
  private int stored;

  /**
   * @param positionLimit positions of all pages together
   */
  PagePool(long pageBytes, int positionLimit) {
    this.pageBytes = pageBytes;
    this.positionLimit = positionLimit;
  }

  MemorySegment page(int id) {
    return pages[id];
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
    if (made == pages.length) {
      int capacity = 2 * made;
      pages = Arrays.copyOf(pages, capacity);
      owners = Arrays.copyOf(owners, capacity);
      fill = Arrays.copyOf(fill, capacity);
      free = Arrays.copyOf(free, capacity);
    }
    if (chunk.byteSize() < pageBytes) {
      long count = Math.clamp(CHUNK_BYTES / pageBytes, 1, Math.max(made, 1));
      chunk = HugePages.allocate(count * pageBytes, arena);
    }
    pages[made] = chunk.asSlice(0, pageBytes);
    chunk = chunk.asSlice(pageBytes);
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
    MemorySegment.copy(pages[id], 0, pages[copy], 0, pageBytes);
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
    return (positions + AttentionKernels.TILE - 1) / AttentionKernels.TILE;
  }

  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
