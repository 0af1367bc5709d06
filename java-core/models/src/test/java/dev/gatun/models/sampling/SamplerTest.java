package dev.gatun.models.sampling;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.tensor.GatunException;
import dev.gatun.tensor.GatunException.Kind;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
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

  /** The best of some logits: ids that fall, so that their order cannot matter. */
  private static int sampleBest(Sampler sampler, float[] logits) {
    int[] order =
        IntStream.range(0, logits.length)
            .boxed()
            .sorted(Comparator.comparingDouble((Integer i) -> -logits[i]).thenComparing(i -> i))
            .limit(sampler.enough())
            .sorted(Comparator.reverseOrder())
            .mapToInt(i -> i)
            .toArray();
    float[] values = new float[order.length];
    for (int i = 0; i < order.length; i++) {
      values[i] = logits[order[i]];
    }
    return sampler.sample(order, values, order.length);
  }

  @Test
  void theBestLogitsAreEnoughForTheSameChoices() {
    SamplerOptions random = SamplerOptions.DEFAULT.withTemperature(1.3f).withSeed(7);
    for (SamplerOptions options :
        List.of(
            SamplerOptions.GREEDY,
            SamplerOptions.GREEDY.withTypicalP(0.3f),
            random,
            random.withTopK(5).withTopP(0.7f).withMinP(0),
            random.withTopK(12).withTypicalP(0.6f))) {
      Sampler whole = new Sampler(options, 300);
      Sampler best = new Sampler(options, 300);
      for (int i = 0; i < 100; i++) {
        float[] logits = logits(300, i);
        // Ties, also at the edge of what is kept.
        for (int j = 0; j < 300; j++) {
          logits[j] = Math.round(logits[j] * 4) / 4f;
        }
        assertEquals(whole.sample(logits), sampleBest(best, logits), options + ", " + i);
      }
    }
  }

  @Test
  void allLogitsAreNeededWhereSomethingLooksAtThem() {
    SamplerOptions options = SamplerOptions.DEFAULT;
    assertEquals(1, new Sampler(SamplerOptions.GREEDY, 300).enough());
    assertEquals(40, new Sampler(options, 300).enough());
    for (SamplerOptions all :
        List.of(
            options.withTopK(0),
            options.withTopK(300),
            options.withRepeatPenalty(1.1f),
            options.withLogitBias(Map.of(3, 1f)),
            options.withDry(DryOptions.DISABLED.withMultiplier(1)))) {
      Sampler sampler = new Sampler(all, 300);
      assertEquals(0, sampler.enough(), all.toString());
      assertThrows(
          IllegalArgumentException.class, () -> sampler.sample(new int[] {1}, new float[] {1}, 1));
    }
  }

  @Test
  void aBestLogitThatIsNoNumberIsRefused() {
    Sampler sampler = new Sampler(SamplerOptions.GREEDY, 300);
    var thrown =
        assertThrows(
            GatunException.class, () -> sampler.sample(new int[] {7}, new float[] {Float.NaN}, 1));
    assertTrue(thrown.getMessage().contains("token 7 is NaN"), thrown.getMessage());
    assertThrows(
        GatunException.class,
        () -> sampler.sample(new int[] {0}, new float[] {Float.NEGATIVE_INFINITY}, 1));
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
