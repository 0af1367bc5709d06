package dev.gatun.gpuengine.driver;

/** Launches as one piece of work; of the queue that recorded it. */
public interface GpuRecording extends AutoCloseable {
  /** Idempotent. The work must have ended. */
  @Override
  void close();
}
