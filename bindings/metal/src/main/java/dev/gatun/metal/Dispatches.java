package dev.gatun.metal;

import java.lang.foreign.MemorySegment;

/**
 * Takes starts of kernels: a kernel, what it takes, then the dispatch. A dispatch sees what those
 * before it wrote. One thread at a time.
 */
public interface Dispatches {
  /** Most bytes that {@link #bytes} takes. */
  int MAX_BYTES = 4096;

  /** The kernel of the next dispatch. */
  void kernel(MetalKernel kernel);

  /**
   * An argument of the next dispatch.
   *
   * @param index 0 to 30
   * @param offset in bytes, a multiple of what the argument points to
   */
  void memory(int index, MetalBuffer buffer, long offset);

  /**
   * An argument of the next dispatch, which is copied.
   *
   * @param bytes native, 1 to {@link #MAX_BYTES}
   */
  void bytes(int index, MemorySegment bytes);

  /** Starts the kernel: groups in three dimensions, of so many threads in one. */
  void dispatch(int x, int y, int z, int groupThreads);

  /** Refuses bytes that are no argument. */
  static void checkBytes(MemorySegment bytes) {
    if (bytes.byteSize() < 1 || bytes.byteSize() > MAX_BYTES) {
      throw new IllegalArgumentException(
          "%d bytes as an argument; 1 to %d".formatted(bytes.byteSize(), MAX_BYTES));
    }
  }
}
