package dev.gatun.models.sampling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

/** The generator against the JDK's implementations of the same algorithms. */
class RandomNumbersTest {
  @Test
  void theStateIsFilledBySplitMix64AndAdvancesAsXoshiro256PlusPlus() {
    for (long seed : new long[] {0, 1, -1, 42, Long.MIN_VALUE, 0x123456789abcdefL}) {
      var splitMix = new SplittableRandom(seed);
      long[] state = new long[4];
      ByteBuffer bytes = ByteBuffer.allocate(32);
      for (int i = 0; i < 4; i++) {
        state[i] = splitMix.nextLong();
        bytes.putLong(state[i]);
      }
      RandomGenerator expected =
          RandomGeneratorFactory.of("Xoshiro256PlusPlus").create(bytes.array());
      var seeded = new Xoshiro256(seed);
      var explicit = new Xoshiro256(state[0], state[1], state[2], state[3]);
      for (int i = 0; i < 1000; i++) {
        long next = expected.nextLong();
        assertEquals(next, seeded.nextLong(), "number " + i + " of seed " + seed);
        assertEquals(next, explicit.nextLong());
      }
    }
  }

  @Test
  void doublesAreUniform() {
    var random = new Xoshiro256(5);
    int[] counts = new int[10];
    for (int i = 0; i < 100_000; i++) {
      double x = random.nextDouble();
      assertTrue(x >= 0 && x < 1);
      counts[(int) (10 * x)]++;
    }
    for (int count : counts) {
      assertEquals(10_000, count, 500);
    }
  }

  @Test
  void exponentialIsAccurate() {
    assertEquals(1, Exponential.exp(0));
    assertEquals(0, Exponential.exp(Double.NEGATIVE_INFINITY));
    assertEquals(0, Exponential.exp(-708));
    for (double x = 0; x > -707; x -= 0.0123) {
      double expected = StrictMath.exp(x);
      assertEquals(expected, Exponential.exp(x), expected * 1e-14, "exp(" + x + ")");
    }
  }
}
