package dev.gatun.models.sampling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is chosen how often, with fixed seeds. */
class DistributionTest {
  private static final int DRAWS = 200_000;
  private static final SamplerOptions PLAIN =
      SamplerOptions.DEFAULT.withTemperature(1).withTopK(0).withTopP(1).withMinP(0);

  @Test
  void choicesFollowTheSoftmaxAtEachTemperature() {
    float[] logits = {0, 1, -1, 2.5f, 0.3f, -3};
    for (float temperature : new float[] {0.5f, 1, 2}) {
      for (int seed = 1; seed <= 3; seed++) {
        var sampler = new Sampler(PLAIN.withTemperature(temperature).withSeed(seed), 6);
        double[] weights = new double[6];
        double total = 0;
        for (int i = 0; i < 6; i++) {
          weights[i] = Math.exp(logits[i] / temperature);
          total += weights[i];
        }
        double chiSquared = 0;
        int[] counts = counts(sampler, logits);
        for (int i = 0; i < 6; i++) {
          double expected = DRAWS * weights[i] / total;
          chiSquared += (counts[i] - expected) * (counts[i] - expected) / expected;
        }
        // Five degrees of freedom: one seed in a thousand exceeds this.
        assertTrue(chiSquared < 20.5, "chi squared " + chiSquared + ", seed " + seed);
      }
    }
  }

  @Test
  void truncatedTokensAreNeverChosenAndTheOthersKeepTheirProportion() {
    float[] logits = {0, 1, 2, 3, 4, 5};
    int[] counts = counts(new Sampler(PLAIN.withTopK(2).withSeed(9), 6), logits);
    assertEquals(0, counts[0] + counts[1] + counts[2] + counts[3]);
    assertEquals(Math.E / (1 + Math.E), counts[5] / (double) DRAWS, 0.005);
  }

  private static int[] counts(Sampler sampler, float[] logits) {
    int[] counts = new int[logits.length];
    for (int i = 0; i < DRAWS; i++) {
      counts[sampler.sample(logits)]++;
    }
    return counts;
  }

  @Test
  void mirostatHoldsTheMeanSurpriseAtItsTarget() {
    for (float tau : new float[] {2, 3.5f, 5}) {
      var random = new Random(6);
      var sampler =
          new Sampler(PLAIN.withMirostat(new MirostatOptions(2, tau, 0.1f)).withSeed(3), 2000);
      float[] logits = new float[2000];
      double surprise = 0;
      int counted = 0;
      for (int step = 0; step < 3000; step++) {
        for (int i = 0; i < logits.length; i++) {
          // Zipf's law with disorder, as text has it.
          logits[i] = (float) (-Math.log(1.0 + i) + 0.3 * random.nextGaussian());
        }
        int chosen = sampler.sample(logits);
        if (step >= 200) {
          Candidates candidates = sampler.candidates();
          double total = candidates.computeMasses();
          for (int i = 0; i < candidates.size(); i++) {
            if (candidates.id(i) == chosen) {
              surprise -= Math.log(candidates.mass(i) / total) / Math.log(2);
              counted++;
            }
          }
        }
      }
      assertEquals(2800, counted);
      assertEquals(tau, surprise / counted, 0.05);
    }
  }
}
