package dev.gatun.vector.matmul;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Little-endian scalars in segments. */
final class Memory {
  static final ValueLayout.OfFloat F32 =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfInt I32 =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfShort I16 =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfLong I64 =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfByte I8 = ValueLayout.JAVA_BYTE;

  private static final int LINE = 64;

  private Memory() {}

  /**
   * Reads one word of each cache line, so that memory works at full speed on what a kernel is about
   * to stream: the kernels' long instruction sequences keep too few loads in flight by themselves,
   * and Java has no prefetch instruction.
   *
   * @return a value that depends on everything read; keep it alive
   */
  static long touch(MemorySegment memory, long from, long to) {
    long bits = 0;
    for (long at = from; at < to; at += LINE) {
      bits |= memory.get(I64, at);
    }
    return bits;
  }
}
