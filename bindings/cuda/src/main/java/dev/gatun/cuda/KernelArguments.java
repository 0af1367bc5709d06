package dev.gatun.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Arguments of a kernel, in order, in native memory: filled, used for a launch (which copies them),
 * cleared, and filled again, without an allocation. Not thread-safe.
 */
public final class KernelArguments {
  private final int most;
  private final MemorySegment values;
  private final MemorySegment pointers;
  private final long[] sizes;
  private int count;

  /**
   * @param arena owns the memory
   * @param most so many arguments at most
   */
  public KernelArguments(Arena arena, int most) {
    this.most = most;
    values = arena.allocate(ValueLayout.JAVA_LONG, most);
    pointers = arena.allocate(ValueLayout.ADDRESS, most);
    sizes = new long[most];
  }

  /** Starts anew. */
  public KernelArguments clear() {
    count = 0;
    return this;
  }

  /** Device memory from an offset on, in bytes, which lies in it. */
  public KernelArguments pointer(DeviceMemory memory, long offset) {
    values.setAtIndex(ValueLayout.JAVA_LONG, next(Long.BYTES), memory.address(offset, 0));
    long slot = (count - 1) * ValueLayout.JAVA_LONG.byteSize();
    pointers.setAtIndex(ValueLayout.JAVA_LONG, count - 1, values.address() + slot);
    return this;
  }

  /**
   * A value of as many bytes as the segment has.
   *
   * @param value native; stays as it is until the launch has returned
   */
  public KernelArguments value(MemorySegment value) {
    if (!value.isNative()) {
      throw new IllegalArgumentException("a kernel's argument needs memory outside the heap");
    }
    pointers.setAtIndex(ValueLayout.JAVA_LONG, next(value.byteSize()), value.address());
    return this;
  }

  private int next(long size) {
    if (count == most) {
      throw new IllegalStateException("more than %d arguments".formatted(most));
    }
    sizes[count] = size;
    return count++;
  }

  int count() {
    return count;
  }

  /** Bytes of an argument. */
  long size(int argument) {
    return sizes[argument];
  }

  /** An array of pointers to the values. */
  MemorySegment pointers() {
    return pointers;
  }
}
