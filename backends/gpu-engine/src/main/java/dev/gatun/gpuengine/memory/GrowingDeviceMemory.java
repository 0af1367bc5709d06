package dev.gatun.gpuengine.memory;

import dev.gatun.gpuengine.driver.GpuDriver;
import dev.gatun.gpuengine.driver.GpuMemory;
import dev.gatun.gpuengine.driver.GpuQueue;

/**
 * Device memory of a session that grows when it is too small; its content is lost then. Belongs to
 * the session's thread.
 */
public final class GrowingDeviceMemory implements AutoCloseable {
  private static final long LEAST = 256;

  private final GpuDriver driver;
  private final GpuQueue queue;
  private GpuMemory memory;

  /**
   * @param queue in which work on the memory runs
   */
  public GrowingDeviceMemory(GpuDriver driver, GpuQueue queue) {
    this.driver = driver;
    this.queue = queue;
  }

  /**
   * At least so many bytes.
   *
   * @throws dev.gatun.runtime.spi.BackendException when the device has no room
   */
  public GpuMemory atLeast(long bytes) {
    if (memory == null || memory.bytes() < bytes) {
      if (memory != null) {
        queue.fence().await();
        close();
      }
      memory = driver.allocate(Math.max(LEAST, bytes));
    }
    return memory;
  }

  /** Bytes that it has now. */
  public long bytes() {
    return memory == null ? 0 : memory.bytes();
  }

  @Override
  public void close() {
    if (memory != null) {
      memory.close();
      memory = null;
    }
  }
}
