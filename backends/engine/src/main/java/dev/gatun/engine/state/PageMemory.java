package dev.gatun.engine.state;

import java.lang.foreign.MemorySegment;

/**
 * The pages of a cache, all of one size, where an engine keeps them. Pages are numbered from 0 in
 * the order in which they are made, and live until everything is closed. Not thread-safe.
 */
public interface PageMemory extends AutoCloseable {
  /**
   * Makes the next page.
   *
   * @throws dev.gatun.runtime.spi.BackendException when there is no memory
   */
  void add();

  /** Makes one page the copy of another. */
  void copy(int from, int to);

  /** Copies bytes of a page from {@code offset} to host memory, and waits for them. */
  void read(int page, long offset, MemorySegment target);

  /** Copies bytes of the host to a page; the source may change afterwards. */
  void write(int page, long offset, MemorySegment source);

  /** Idempotent. */
  @Override
  void close();
}
