package dev.gatun.os;

import java.lang.foreign.MemorySegment;

/** Native memory by address. */
public final class NativeMemory {
  private NativeMemory() {}

  /**
   * All memory from address 0 on. Nothing is checked: an address that is not mapped, or whose arena
   * has been closed, kills the process. Callers check whole ranges against the segments they come
   * from, and keep those alive.
   *
   * @return a segment of the global scope; any thread may use it
   * @throws IllegalCallerException when the JVM forbids native access to this module
   */
  public static MemorySegment all() {
    return MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
  }
}
