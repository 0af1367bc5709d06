package dev.gatun.vector.simd;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Numbers that kernels read from memory though they are constant. A constant that the compiler
 * knows is made anew wherever it is used as soon as the registers are short; one that was read
 * before a loop stays in its register, or is at worst kept on the stack.
 */
public final class Constants {
  private Constants() {}

  /** The address of a 32-bit number, which is there for ever. */
  public static long address(int bits) {
    MemorySegment number = Arena.global().allocate(Integer.BYTES, Integer.BYTES);
    number.set(Memory.I32, 0, bits);
    return number.address();
  }
}
