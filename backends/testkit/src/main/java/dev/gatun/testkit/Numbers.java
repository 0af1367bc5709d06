package dev.gatun.testkit;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** Test vectors in native memory, for comparing kernels with their twins. */
public final class Numbers {
  /** Sizes around every vector width and unrolling, and a few large odd ones. */
  public static final List<Integer> SIZES = sizes();

  private Numbers() {}

  private static List<Integer> sizes() {
    return IntStream.concat(
            IntStream.rangeClosed(1, 140), IntStream.of(255, 256, 257, 1023, 2048, 4098))
        .boxed()
        .toList();
  }

  /** Normally distributed floats. */
  public static MemorySegment normal(Arena arena, Random random, int count, double scale) {
    MemorySegment memory = arena.allocate(4L * Math.max(count, 1), 64);
    for (int i = 0; i < count; i++) {
      set(memory, i, (float) (random.nextGaussian() * scale));
    }
    return memory;
  }

  public static MemorySegment copy(Arena arena, MemorySegment memory) {
    return arena.allocate(memory.byteSize(), 64).copyFrom(memory);
  }

  /** The float at an index. */
  public static float get(MemorySegment memory, long index) {
    return memory.get(ValueLayout.JAVA_FLOAT, 4 * index);
  }

  /** Writes the float at an index. */
  public static void set(MemorySegment memory, long index, float value) {
    memory.set(ValueLayout.JAVA_FLOAT, 4 * index, value);
  }

  /** Checks |actual - expected| <= absolute + relative |expected|, equality for the others. */
  public static void same(
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
