package dev.gatun.gpuengine.state;

import dev.gatun.engine.batch.BatchIndex;
import dev.gatun.engine.state.CacheLayout;
import dev.gatun.engine.state.KeyValueCache;
import dev.gatun.gpuengine.driver.GpuMemory;
import dev.gatun.gpuengine.memory.GrowingDeviceMemory;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The tables that attention reads, all I32 in one piece of device memory: where each token is
 * stored, the span of each token, the pages of each span's sequence. Belongs to the session's
 * thread.
 */
public final class AttentionTables implements AutoCloseable {
  private static final long ALIGNMENT = 64;

  private final GrowingDeviceMemory memory;
  private final KeyValueCache cache;
  private final int pageColumns;
  private BatchIndex batch = new BatchIndex(1);

  /**
   * @param memory for the tables; closed with this
   * @param pageColumns pages of the longest sequence
   */
  public AttentionTables(GrowingDeviceMemory memory, KeyValueCache cache, int pageColumns) {
    this.memory = memory;
    this.cache = cache;
    this.pageColumns = pageColumns;
  }

  /** Makes room for submissions of so many tokens. */
  public void reserve(int rows) {
    if (batch.capacity() < rows) {
      batch = new BatchIndex(rows);
    }
  }

  /** Which tokens belong to which sequence; the caller builds it. */
  public BatchIndex batch() {
    return batch;
  }

  /** Parts into which attention divides its pages in this submission. */
  public int splits() {
    return AttentionSplits.of(batch);
  }

  public int pageColumns() {
    return pageColumns;
  }

  /** The tables' memory, for the present capacity. */
  public GpuMemory memory() {
    return memory.atLeast(pagesAt() + 4L * pageColumns * batch.capacity());
  }

  /** Byte offset of the table of spans. */
  public long spansAt() {
    return (4L * batch.capacity() + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  /** Byte offset of the table of pages. */
  public long pagesAt() {
    return 2 * spansAt();
  }

  /** Bytes that the tables of this submission take from the start of the memory. */
  public long bytes() {
    return pagesAt() + 4L * pageColumns * batch.spans();
  }

  /** Writes the tables of this submission, whose positions the cache has reserved. */
  public void fill(MemorySegment target) {
    for (int row = 0; row < batch.rows(); row++) {
      int span = batch.spanOf(row);
      int position = batch.position(row);
      int page = cache.page(batch.sequence(span), position / CacheLayout.PAGE);
      target.set(
          ValueLayout.JAVA_INT, 4L * row, page * CacheLayout.PAGE + position % CacheLayout.PAGE);
      target.set(ValueLayout.JAVA_INT, spansAt() + 4L * row, span);
    }
    for (int span = 0; span < batch.spans(); span++) {
      int last = batch.position(batch.row(batch.end(span) - 1));
      long at = pagesAt() + 4L * pageColumns * span;
      for (int page = 0; page <= last / CacheLayout.PAGE; page++) {
        target.set(ValueLayout.JAVA_INT, at + 4L * page, cache.page(batch.sequence(span), page));
      }
    }
  }

  @Override
  public void close() {
    memory.close();
  }
}
