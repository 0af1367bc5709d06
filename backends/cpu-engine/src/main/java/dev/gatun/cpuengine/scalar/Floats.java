package dev.gatun.cpuengine.scalar;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Single-precision access by element. */
final class Floats {
  private Floats() {}

  static float get(MemorySegment segment, long offset, long index) {
    return segment.get(ValueLayout.JAVA_FLOAT_UNALIGNED, offset + 4 * index);
  }

  static void set(MemorySegment segment, long offset, long index, float value) {
    segment.set(ValueLayout.JAVA_FLOAT_UNALIGNED, offset + 4 * index, value);
  }
}
