package dev.gatun.cpubackend;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;

/** Test vectors in native memory. */
final class Numbers {
  /** Sizes around every vector width and unrolling, and a few large odd ones. */
  static final int[] SIZES = sizes();

  private Numbers() {}

  private static int[] sizes() {
    var sizes = new int[140 + 6];
    for (int i = 0; i < 140; i++) {
      sizes[i] = i + 1;
    }
    int[] large = {255, 256, 257, 1023, 2048, 4098};
    System.arraycopy(large, 0, sizes, 140, large.length);
    return sizes;
  }

  static MemorySegment normal(Arena arena, Random random, int count, double scale) {
    MemorySegment memory = arena.allocate(4L * Math.max(count, 1), 64);
    for (int i = 0; i < count; i++) {
      set(memory, i, (float) (random.nextGaussian() * scale));
    }
    return memory;
  }

  static MemorySegment copy(Arena arena, MemorySegment memory) {
    return arena.allocate(memory.byteSize(), 64).copyFrom(memory);
  }

  static float get(MemorySegment memory, long index) {
    return memory.get(ValueLayout.JAVA_FLOAT, 4 * index);
  }

  static void set(MemorySegment memory, long index, float value) {
    memory.set(ValueLayout.JAVA_FLOAT, 4 * index, value);
  }

  /** Checks |actual - expected| <= absolute + relative |expected|, equality for the others. */
  static void same(
      MemorySegment expected,
      MemorySegment actual,
      int count,
      double absolute,
      double relative,
      String what) {
    for (int i = 0; i < count; i++) {
      float x = get(expected, i);
      float y = get(actual, i);
      boolean fits =
          Float.isNaN(x)
              ? Float.isNaN(y)
              : x == y || Math.abs((double) x - y) <= absolute + relative * Math.abs(x);
      String message = what + " of " + count + ", element " + i + ": " + y + ", not " + x;
      assertTrue(fits, message);
    }
  }
}
