package dev.gatun.gpuengine.driver;

/** A place in a queue. */
public interface GpuFence {
  /**
   * Waits until everything before it is done.
   *
   * @throws dev.gatun.runtime.spi.BackendException when some of it failed
   */
  void await();

  boolean isDone();
}
