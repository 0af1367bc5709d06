package dev.gatun.cpuengine.kernel;

import java.lang.foreign.MemorySegment;
import java.util.Objects;

/** Addresses for kernels that work on raw memory. */
public final class Memory {
  private Memory() {}

  /**
   * The address of {@code bytes} bytes from {@code offset} on, once they are known to be there.
   *
   * @throws IllegalArgumentException for heap memory
   * @throws IndexOutOfBoundsException when they reach beyond the segment
   */
  public static long address(MemorySegment segment, long offset, long bytes) {
    if (!segment.isNative()) {
      throw new IllegalArgumentException("kernels work on native memory, not on the heap");
    }
    Objects.checkFromIndexSize(offset, bytes, segment.byteSize());
    return segment.address() + offset;
  }
}
