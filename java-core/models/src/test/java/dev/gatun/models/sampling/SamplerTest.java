package dev.gatun.models.sampling;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.tensor.GatunException;
import dev.gatun.tensor.GatunException.Kind;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SamplerTest {
  private static final float NEVER = Float.NEGATIVE_INFINITY;

  @Test
  void greedyTakesTheLikeliestTokenAndOfEqualOnesTheFirst() {
    var sampler = new Sampler(SamplerOptions.DEFAULT.withTemperature(0), 5);
    assertEquals(2, sampler.sample(new float[] {-1, 3, 7, 7, 0}));
    assertEquals(4, sampler.sample(new float[] {NEVER, NEVER, NEVER, NEVER, -1e30f}));
    assertEquals(0, sampler.sample(new float[] {-0f, 0, 0, 0, 0}));
  }

  @Test
  void rowsBeyondTheVocabularyAreIgnored() {
    var greedy = new Sampler(SamplerOptions.GREEDY, 2);
    assertEquals(1, greedy.sample(new float[] {0, 1, 9, Float.NaN}));
    assertThrows(IllegalArgumentException.class, () -> greedy.sample(new float[1]));
    var sampler = new Sampler(SamplerOptions.DEFAULT, 2);
    for (int i = 0; i < 50; i++) {
      assertTrue(sampler.sample(new float[] {0, 1, 9, Float.NaN}) < 2);
    }
  }

  @Test
  void logitsStayAsTheyAre() {
    float[] logits = logits(1000, 3);
    float[] copy = logits.clone();
    var sampler =
        new Sampler(
            SamplerOptions.DEFAULT
                .withRepeatPenalty(1.3f)
                .withLogitBias(Map.of(4, 2f))
                .withDry(DryOptions.DISABLED.withMultiplier(1)),
            1000);
    for (int i = 0; i < 20; i++) {
      sampler.accept(sampler.sample(logits));
    }
    assertArrayEquals(copy, logits);
  }

  @Test
  void aSeedReproducesTheChoices() {
    var options = SamplerOptions.DEFAULT.withTemperature(1.5f).withSeed(42);
    int[] first = choices(new Sampler(options, 300), 200);
    assertArrayEquals(first, choices(new Sampler(options, 300), 200));
    assertNotEquals(
        Arrays.toString(first),
        Arrays.toString(choices(new Sampler(options.withSeed(43), 300), 200)));
    assertEquals(42, new Sampler(options, 300).seed());
  }

  @Test
  void aRandomSeedCanBeReadAndReproduces() {
    var options = SamplerOptions.DEFAULT.withTemperature(1.5f).withSeed(1).withRandomSeed();
    assertTrue(options.seed().isEmpty());
    var sampler = new Sampler(options, 300);
    int[] first = choices(sampler, 100);
    assertArrayEquals(first, choices(new Sampler(options.withSeed(sampler.seed()), 300), 100));
    assertTrue(sampler.seed() >= 0 && sampler.seed() < 1L << 32);
    assertNotEquals(sampler.seed(), new Sampler(options, 300).seed());
  }

  @Test
  void brokenLogitsAreRefused() {
    for (SamplerOptions options :
        new SamplerOptions[] {
          SamplerOptions.GREEDY,
          SamplerOptions.DEFAULT,
          SamplerOptions.DEFAULT.withTopK(0),
          SamplerOptions.DEFAULT.withTypicalP(0.5f).withTemperature(0),
          SamplerOptions.DEFAULT.withMirostat(MirostatOptions.DISABLED.withVersion(2))
        }) {
      for (int at = 0; at < 100; at++) {
        float[] nan = logits(100, at);
        nan[at] = Float.NaN;
        refused(options, nan, "token " + at + " is NaN");
        float[] infinite = logits(100, at);
        infinite[at] = Float.POSITIVE_INFINITY;
        refused(options, infinite, "token " + at + " is Infinity");
      }
      float[] none = new float[100];
      Arrays.fill(none, NEVER);
      refused(options, none, "-Infinity");
    }
  }

  private static void refused(SamplerOptions options, float[] logits, String part) {
    var sampler = new Sampler(options, logits.length);
    var thrown = assertThrows(GatunException.class, () -> sampler.sample(logits));
    assertEquals(Kind.FAILURE, thrown.kind());
    assertTrue(thrown.getMessage().contains(part), thrown.getMessage());
  }

  @Test
  void biasesForbidAndFavour() {
    var greedy = SamplerOptions.GREEDY;
    float[] logits = {1, 2, 3};
    assertEquals(1, new Sampler(greedy.withLogitBias(Map.of(2, NEVER)), 3).sample(logits));
    assertEquals(0, new Sampler(greedy.withLogitBias(Map.of(0, 2.5f)), 3).sample(logits));
    var thrown =
        assertThrows(
            GatunException.class, () -> new Sampler(greedy.withLogitBias(Map.of(3, 1f)), 3));
    assertEquals(Kind.USAGE, thrown.kind());
  }

  @Test
  void mirostatAtTemperatureZeroIsGreedyAndIgnoresTheRestOfTheChain() {
    var options =
        SamplerOptions.GREEDY
            .withRepeatPenalty(100)
            .withMirostat(MirostatOptions.DISABLED.withVersion(2));
    var sampler = new Sampler(options, 3);
    sampler.accept(1);
    assertEquals(1, sampler.sample(new float[] {0, 5, 1}));
  }

  @Test
  void typicalMayDropTheLikeliestTokenFromGreedyChoice() {
    // One token of 30 % among many of 1 %: the many are nearer to the entropy.
    float[] logits = new float[71];
    logits[70] = (float) Math.log(30);
    assertEquals(70, new Sampler(SamplerOptions.GREEDY, 71).sample(logits));
    assertEquals(
        0, new Sampler(SamplerOptions.GREEDY.withTypicalP(0.2f).withTopK(0), 71).sample(logits));
  }

  @Test
  void unknownTokensAreNotAccepted() {
    var sampler = new Sampler(SamplerOptions.DEFAULT, 3);
    assertThrows(IndexOutOfBoundsException.class, () -> sampler.accept(3));
    assertThrows(IndexOutOfBoundsException.class, () -> sampler.accept(-1));
  }

  static int[] choices(Sampler sampler, int count) {
    int[] tokens = new int[count];
    for (int i = 0; i < count; i++) {
      tokens[i] = sampler.sample(logits(300, i));
      sampler.accept(tokens[i]);
    }
    return tokens;
  }

  static float[] logits(int size, long seed) {
    var random = new Random(seed);
    float[] logits = new float[size];
    for (int i = 0; i < size; i++) {
      logits[i] = (float) (3 * random.nextGaussian());
    }
    return logits;
  }
}
