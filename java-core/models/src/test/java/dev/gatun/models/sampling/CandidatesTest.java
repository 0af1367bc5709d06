package dev.gatun.models.sampling;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Every truncation against its definition by sorting, ties and forbidden tokens included. */
class CandidatesTest {
  private static final float NEVER = Float.NEGATIVE_INFINITY;
  private static final int ROUNDS = 400;

  @Test
  void equalTokensAreKeptFromTheLowestId() {
    float[] flat = new float[4];
    assertArrayEquals(new int[] {0, 1, 2}, ids(best(flat, 3)));
    Candidates topP = all(flat);
    topP.keepTopP(0.5f);
    assertArrayEquals(new int[] {0, 1}, ids(topP), "half is enough for top-p");
    Candidates typical = all(flat);
    typical.keepTypical(0.5f);
    assertArrayEquals(new int[] {0, 1, 2}, ids(typical), "typical wants more than half");
    Candidates none = all(flat);
    none.keepTopP(0);
    assertArrayEquals(new int[] {0}, ids(none));
    Candidates zeros = all(new float[] {-0f, 0f, -0f});
    zeros.keepTopP(0.1f);
    assertArrayEquals(new int[] {0}, ids(zeros));
  }

  @Test
  void topKKeepsTheBest() {
    var random = new Random(1);
    for (int round = 0; round < ROUNDS; round++) {
      float[] logits = logits(random, round);
      int[] order = byLogit(logits);
      int k = 1 + random.nextInt(logits.length);
      int[] expected = Arrays.copyOf(order, Math.min(k, order.length));
      Arrays.sort(expected);
      assertArrayEquals(expected, ids(best(logits, k)));
    }
  }

  @Test
  void topKTakesAnyOrderOfLogits() {
    for (int k : new int[] {1, 2, 40, 999, 1000}) {
      float[] rising = new float[1000];
      float[] falling = new float[1000];
      for (int i = 0; i < 1000; i++) {
        rising[i] = i;
        falling[i] = -i;
      }
      assertArrayEquals(IntStream.range(1000 - k, 1000).toArray(), ids(best(rising, k)));
      assertArrayEquals(IntStream.range(0, k).toArray(), ids(best(falling, k)));
    }
  }

  @Test
  void topPKeepsTheSmallestSetWithTheProbability() {
    var random = new Random(2);
    for (int round = 0; round < ROUNDS; round++) {
      float[] logits = logits(random, round);
      float p = random.nextFloat();
      Candidates candidates = all(logits);
      candidates.keepTopP(p);
      check(candidates, logits, byLogit(logits), p);
    }
  }

  @Test
  void typicalKeepsTheTokensNearestToTheEntropy() {
    var random = new Random(3);
    for (int round = 0; round < ROUNDS; round++) {
      float[] logits = logits(random, round);
      double[] p = probabilities(logits);
      double entropy = 0;
      for (double x : p) {
        entropy -= x > 0 ? x * Math.log(x) : 0;
      }
      double center = entropy;
      int[] order =
          IntStream.range(0, logits.length)
              .filter(i -> logits[i] != NEVER)
              .boxed()
              .sorted(Comparator.comparingDouble(i -> (float) Math.abs(-Math.log(p[i]) - center)))
              .mapToInt(i -> i)
              .toArray();
      float bound = random.nextFloat();
      Candidates candidates = all(logits);
      candidates.keepTypical(bound);
      check(candidates, logits, order, bound);
    }
  }

  @Test
  void minPKeepsAShareOfTheBest() {
    var random = new Random(4);
    for (int round = 0; round < ROUNDS; round++) {
      float[] logits = logits(random, round);
      float largest = logits[byLogit(logits)[0]];
      float bound = largest - 4 * random.nextFloat();
      int[] expected = IntStream.range(0, logits.length).filter(i -> logits[i] >= bound).toArray();
      Candidates candidates = all(logits);
      candidates.keepAtLeast(bound);
      assertArrayEquals(expected, ids(candidates));
    }
    Candidates candidates = all(new float[] {1, 3, 2});
    candidates.keepAtLeast(100);
    assertArrayEquals(new int[] {1}, ids(candidates), "the best one stays");
  }

  @Test
  void aLargerBoundKeepsNoLess() {
    float[] logits = logits(new Random(5), 399);
    int previousP = 0;
    int previousTypical = 0;
    int previousMin = logits.length;
    for (int percent = 0; percent < 100; percent++) {
      Candidates topP = all(logits);
      topP.keepTopP(percent / 100f);
      assertTrue(topP.size() >= previousP);
      previousP = topP.size();
      Candidates typical = all(logits);
      typical.keepTypical(percent / 100f);
      assertTrue(typical.size() >= previousTypical);
      previousTypical = typical.size();
      Candidates minP = all(logits);
      minP.keepAtLeast(minP.largestLogit() + Math.log(percent / 100.0));
      assertTrue(minP.size() <= previousMin);
      previousMin = minP.size();
    }
    assertTrue(previousP > 50 && previousTypical > 50 && previousMin < 50);
  }

  @Test
  void masses() {
    Candidates candidates = all(new float[] {0, 1, NEVER, 2});
    double total = candidates.computeMasses();
    double expected = Math.exp(-2) + Math.exp(-1) + 1;
    assertEquals(expected, total, 1e-12);
    assertArrayEquals(new int[] {0, 1, 3}, ids(candidates));
    assertEquals(Math.exp(-1), candidates.mass(1), 1e-13);
    candidates.divideBy(0.5f);
    assertEquals(Math.exp(-4) + Math.exp(-2) + 1, candidates.computeMasses(), 1e-12);
  }

  @Test
  void aNumberPicksTheTokenInWhoseShareItLies() {
    Candidates candidates = all(new float[] {(float) Math.log(3), 0, -800});
    double total = candidates.computeMasses();
    assertEquals(0, candidates.pick(total, 0));
    assertEquals(0, candidates.pick(total, 0.7499));
    assertEquals(1, candidates.pick(total, 0.7501));
    assertEquals(1, candidates.pick(total, Math.nextDown(1.0)), "what has no mass is not picked");
  }

  /** The kept set is the shortest start of the order that has the mass, up to rounding. */
  private static void check(Candidates candidates, float[] logits, int[] order, float p) {
    double[] probabilities = probabilities(logits);
    double sum = 0;
    boolean fits = false;
    int[] kept = ids(candidates);
    for (int i = 0; i < order.length && !fits; i++) {
      sum += probabilities[order[i]];
      int[] start = Arrays.copyOf(order, i + 1);
      Arrays.sort(start);
      boolean enough = sum >= p - 1e-6;
      boolean shortest = sum - probabilities[order[i]] <= p + 1e-6;
      fits = Arrays.equals(start, kept) && enough && shortest;
    }
    assertTrue(fits, () -> "p " + p + " kept " + Arrays.toString(kept));
  }

  private static double[] probabilities(float[] logits) {
    double total = 0;
    for (float logit : logits) {
      total += Math.exp(logit);
    }
    double sum = total;
    return IntStream.range(0, logits.length).mapToDouble(i -> Math.exp(logits[i]) / sum).toArray();
  }

  private static int[] byLogit(float[] logits) {
    return IntStream.range(0, logits.length)
        .filter(i -> logits[i] != NEVER)
        .boxed()
        .sorted(Comparator.comparingDouble(i -> -logits[i]))
        .mapToInt(i -> i)
        .toArray();
  }

  /** Many sizes; every other one is full of ties, every third one has forbidden tokens. */
  private static float[] logits(Random random, int round) {
    float[] logits = new float[1 + random.nextInt(1 + round)];
    for (int i = 0; i < logits.length; i++) {
      float logit = (float) (2 * random.nextGaussian());
      logits[i] = round % 2 == 0 ? Math.round(logit) : logit;
      if (round % 3 == 0 && i > 0 && random.nextInt(4) == 0) {
        logits[i] = NEVER;
      }
    }
    return logits;
  }

  private static Candidates all(float[] logits) {
    var candidates = new Candidates(logits.length);
    candidates.load(logits, logits.length);
    return candidates;
  }

  private static Candidates best(float[] logits, int k) {
    var candidates = new Candidates(k);
    candidates.loadBest(logits, logits.length);
    return candidates;
  }

  private static int[] ids(Candidates candidates) {
    return IntStream.range(0, candidates.size()).map(candidates::id).toArray();
  }
}
