package dev.gatun.vector.op;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gatun.vector.simd.Lanes;
import dev.gatun.vector.simd.Memory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Every half, against the JDK's conversion. */
class CacheDecodingTest {
  private static final int HALVES = 1 << 16;

  @BeforeAll
  static void widthIsThere() {
    int widest = FloatVector.SPECIES_PREFERRED.vectorBitSize();
    int asked = Integer.getInteger(Lanes.WIDTH, widest);
    assumeTrue(asked <= widest, () -> "vectors of " + asked + " bits: this JVM has " + widest);
  }

  @Test
  void finiteHalvesAndSubnormalOnes() {
    // From 0 on and from -0 on: exponents below the largest.
    for (int first : new int[] {0, 0x8000}) {
      check(first, 0x7c00);
    }
  }

  @Test
  void infinitiesAndNanAmongOthers() {
    check(0, HALVES);
  }

  @Test
  void infinitiesAlone() {
    for (int first : new int[] {0x7c00, 0xfc00}) {
      check(first, 0x400);
    }
  }

  private static void check(int first, int count) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment x = arena.allocate(2L * count, 64);
      MemorySegment y = arena.allocate(4L * count, 64);
      for (int i = 0; i < count; i++) {
        x.setAtIndex(Memory.I16, i, (short) (first + i));
      }
      CacheDecoding.halves(x.address(), y.address(), count);
      for (int i = 0; i < count; i++) {
        float expected = Float.float16ToFloat((short) (first + i));
        int actual = Float.floatToIntBits(y.getAtIndex(Memory.F32, i));
        assertEquals(Float.floatToIntBits(expected), actual, "half " + (first + i));
      }
    }
  }
}
