package dev.gatun.testkit;

import static org.junit.jupiter.api.Assertions.fail;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Native memory between two guards, to find writes outside a buffer. The guards are quiet NaNs, so
 * that what reads outside spoils its result. Aligned to 64 bytes, or off by a given number.
 */
final class GuardedMemory {
  private static final int GUARD_BYTES = 256;
  private static final int PATTERN = 0x7fc0_dead;

  private final MemorySegment block;
  private final long start;
  private final MemorySegment content;

  /**
   * @param misalignment bytes beyond a multiple of 64 at which the content starts
   */
  GuardedMemory(Arena arena, long bytes, int misalignment) {
    start = (long) GUARD_BYTES + misalignment;
    long tail = (start + bytes + 3) / 4 * 4 + GUARD_BYTES;
    block = arena.allocate(tail, 64);
    for (long at = 0; at + 4 <= tail; at += 4) {
      block.set(ValueLayout.JAVA_INT, at, PATTERN);
    }
    content = block.asSlice(start, bytes);
  }

  /** Exactly the content: Java code cannot leave it, native code can. */
  MemorySegment content() {
    return content;
  }

  /** Content and guards, for this class's own test. */
  MemorySegment block() {
    return block;
  }

  /** Fails when a guard was overwritten. */
  void check(String what) {
    byte[] expected = {(byte) 0xad, (byte) 0xde, (byte) 0xc0, 0x7f};
    for (long at = 0; at < block.byteSize(); at++) {
      boolean guard = at < start || at >= start + content.byteSize();
      if (guard && block.get(ValueLayout.JAVA_BYTE, at) != expected[(int) (at % expected.length)]) {
        fail(what + ": byte " + (at - start) + " of " + content.byteSize() + " was written");
      }
    }
  }
}
