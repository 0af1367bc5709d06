package dev.gatun.gpuengine.state;

import dev.gatun.engine.state.PageMemory;
import dev.gatun.gpuengine.driver.GpuDriver;
import dev.gatun.gpuengine.driver.GpuMemory;
import dev.gatun.gpuengine.driver.GpuQueue;
import dev.gatun.gpuengine.memory.Transfers;
import java.lang.foreign.MemorySegment;

/**
 * The pages of a session's cache in one piece of device memory, which grows: kernels address a page
 * by its number. Belongs to the session's thread.
 */
public final class DevicePages implements PageMemory {
  private static final int FIRST_PAGES = 8;

  private final GpuDriver driver;
  private final GpuQueue queue;
  private final long pageBytes;
  private final int mostPages;
  private GpuMemory pool;
  private int capacity;
  private int made;

  /**
   * @param queue in which the session's kernels run
   * @param mostPages how many there will ever be
   */
  public DevicePages(GpuDriver driver, GpuQueue queue, long pageBytes, int mostPages) {
    this.driver = driver;
    this.queue = queue;
    this.pageBytes = pageBytes;
    this.mostPages = mostPages;
    capacity = Math.min(FIRST_PAGES, mostPages);
    pool = driver.allocate(capacity * pageBytes);
  }

  /** All pages; another piece of memory after it has grown. */
  public GpuMemory pool() {
    return pool;
  }

  @Override
  public void add() {
    if (made == capacity) {
      int larger = Math.max(made + 1, Math.min(2 * made, mostPages));
      GpuMemory grown = driver.allocate(larger * pageBytes);
      queue.copy(pool, 0, grown, 0, made * pageBytes);
      queue.fence().await();
      pool.close();
      pool = grown;
      capacity = larger;
    }
    made++;
  }

  @Override
  public void copy(int from, int to) {
    queue.copy(pool, from * pageBytes, pool, to * pageBytes, pageBytes);
  }

  @Override
  public void read(int page, long offset, MemorySegment target) {
    Transfers.read(queue, pool, page * pageBytes + offset, target);
  }

  @Override
  public void write(int page, long offset, MemorySegment source) {
    Transfers.write(queue, pool, page * pageBytes + offset, source);
  }

  @Override
  public void close() {
    pool.close();
  }
}
