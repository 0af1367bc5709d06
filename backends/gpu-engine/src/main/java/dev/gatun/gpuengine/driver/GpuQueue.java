package dev.gatun.gpuengine.driver;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Work for a device that runs in the order in which it was put in, each piece seeing what earlier
 * ones wrote. Every method but {@link GpuFence#await} may return before the work is done; a failure
 * of the work appears there. One thread at a time.
 */
public interface GpuQueue extends AutoCloseable {
  /** Starts a kernel. The launch may be changed afterwards. */
  void launch(Launch launch);

  /**
   * Copies from the host.
   *
   * @param source native; stays as it is until a later fence has passed
   */
  void write(GpuMemory target, long offset, MemorySegment source);

  /**
   * Copies to the host.
   *
   * @param target native; holds the bytes once a later fence has passed
   */
  void read(GpuMemory source, long offset, MemorySegment target);

  /** Copies within the device; the two ranges do not overlap. */
  void copy(GpuMemory source, long from, GpuMemory target, long to, long bytes);

  /** Sets bytes to a value. */
  void fill(GpuMemory target, long offset, long bytes, byte value);

  /**
   * Makes one piece of work of several launches, with their grids, memory and parameters as they
   * are now: a CUDA graph, an indirect command buffer. The memory must outlive it.
   */
  GpuRecording record(List<Launch> launches);

  /** Starts everything of a recording. */
  void replay(GpuRecording recording);

  /** Starts what was put in, and marks this place. Valid until the queue is closed. */
  GpuFence fence();

  /** Marks this place with the device's time. */
  GpuMark mark();

  /** Idempotent; waits for the work. */
  @Override
  void close();
}
