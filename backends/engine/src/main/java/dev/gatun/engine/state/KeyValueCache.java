package dev.gatun.engine.state;

import dev.gatun.runtime.spi.BackendException;
import java.util.Arrays;

/**
 * Which pages hold the keys and values of the sequences of one session, {@link CacheLayout#PAGE}
 * positions each. Forked sequences share pages until one of them writes.
 *
 * <p>Used by one thread at a time; while a submission runs, workers only read the tables and write
 * into the pages that {@link #reserve} made private.
 */
public final class KeyValueCache implements AutoCloseable {
  private static final int PAGE = CacheLayout.PAGE;

  private final CacheLayout layout;
  private final PageMemory memory;
  private final PagePool pool;
  private final int[][] tables;
  private final int[] lengths;
  private final boolean[] open;

  /**
   * @param memory the pages; closed with the cache
   * @param sequences most sequences open at once; ids are below it
   * @param positions most positions stored, shared ones counted once
   */
  public KeyValueCache(CacheLayout layout, PageMemory memory, int sequences, int positions) {
    this.layout = layout;
    this.memory = memory;
    pool = new PagePool(memory, positions);
    tables = new int[sequences][8];
    lengths = new int[sequences];
    open = new boolean[sequences];
  }

  public CacheLayout layout() {
    return layout;
  }

  /** Number of the page that holds positions {@code [64 index, 64 index + 64)} of a sequence. */
  public int page(int sequence, int index) {
    return tables[sequence][index];
  }

  /** The pages. */
  PageMemory memory() {
    return memory;
  }

  /** Number of pages that hold this many positions. */
  public static int pages(int positions) {
    return PagePool.pagesFor(positions);
  }

  /** Most positions stored at once. */
  public int limit() {
    return pool.limit();
  }

  /** Number of positions that a sequence has. */
  public int length(int sequence) {
    return lengths[checkOpen(sequence)];
  }

  public void open(int sequence) {
    checkId(sequence);
    if (open[sequence]) {
      throw new BackendException("sequence " + sequence + " is already open");
    }
    open[sequence] = true;
    lengths[sequence] = 0;
  }

  public void close(int sequence) {
    truncate(sequence, 0);
    open[sequence] = false;
  }

  /** Drops the positions from {@code length} on. */
  public void truncate(int sequence, int length) {
    checkOpen(sequence);
    if (length < 0 || length > lengths[sequence]) {
      throw new BackendException(
          "sequence %d has %d positions and cannot keep %d"
              .formatted(sequence, lengths[sequence], length));
    }
    releaseBeyond(sequence, PagePool.pagesFor(lengths[sequence]), length);
    lengths[sequence] = length;
    fillLast(sequence, length);
  }

  /** Opens {@code target} as a copy of {@code source} that shares its pages. */
  public void fork(int source, int target) {
    checkOpen(source);
    open(target);
    int pages = PagePool.pagesFor(lengths[source]);
    ensureTable(target, pages);
    for (int i = 0; i < pages; i++) {
      tables[target][i] = tables[source][i];
      pool.share(tables[source][i]);
    }
    lengths[target] = lengths[source];
  }

  /**
   * Makes room for more positions; {@link #commit} or {@link #rollback} must follow.
   *
   * @throws BackendException when the sequence is not open, or the cache is full
   */
  public void reserve(int sequence, int more) {
    checkOpen(sequence);
    pool.require(more);
    int length = lengths[sequence];
    int last = length / PAGE;
    if (length % PAGE != 0 && pool.shared(tables[sequence][last])) {
      // The copy holds positions that were counted once; now they are stored twice.
      pool.require(more + length % PAGE);
      tables[sequence][last] = pool.detach(tables[sequence][last]);
      pool.fill(tables[sequence][last], length % PAGE);
    }
    int have = PagePool.pagesFor(length);
    int need = PagePool.pagesFor(length + more);
    ensureTable(sequence, need);
    for (int i = have; i < need; i++) {
      tables[sequence][i] = pool.take();
    }
    for (int i = last; i < need; i++) {
      pool.fill(tables[sequence][i], Math.min(PAGE, length + more - i * PAGE));
    }
  }

  /** The reserved positions are stored. */
  public void commit(int sequence, int more) {
    lengths[sequence] += more;
  }

  /** The reserved positions are not needed. */
  public void rollback(int sequence, int more) {
    int length = lengths[sequence];
    releaseBeyond(sequence, PagePool.pagesFor(length + more), length);
    fillLast(sequence, length);
  }

  private void releaseBeyond(int sequence, int pages, int length) {
    for (int i = PagePool.pagesFor(length); i < pages; i++) {
      pool.release(tables[sequence][i]);
    }
  }

  private void fillLast(int sequence, int length) {
    if (length % PAGE != 0) {
      int page = tables[sequence][length / PAGE];
      if (!pool.shared(page)) {
        pool.fill(page, length % PAGE);
      }
    }
  }

  private void ensureTable(int sequence, int pages) {
    if (tables[sequence].length < pages) {
      int capacity = Math.max(pages, 2 * tables[sequence].length);
      tables[sequence] = Arrays.copyOf(tables[sequence], capacity);
    }
  }

  private int checkOpen(int sequence) {
    checkId(sequence);
    if (!open[sequence]) {
      throw new BackendException("sequence " + sequence + " is not open");
    }
    return sequence;
  }

  private void checkId(int sequence) {
    if (sequence < 0 || sequence >= open.length) {
      throw new BackendException(
          "sequence %d, and the session was opened for %d sequences"
              .formatted(sequence, open.length));
    }
  }

  @Override
  public void close() {
    memory.close();
  }
}
