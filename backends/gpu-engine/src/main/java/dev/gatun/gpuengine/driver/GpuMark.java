package dev.gatun.gpuengine.driver;

/** A place in a queue whose time the device notes. */
public interface GpuMark extends AutoCloseable {
  /**
   * Nanoseconds of device time from an earlier mark of the same queue; a fence after both has
   * passed.
   */
  long nanosecondsSince(GpuMark earlier);

  /** Idempotent. */
  @Override
  void close();
}
