package dev.gatun.models.sampling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The stages against llama.cpp's; see the README in the test resources. */
class LlamaCppSamplersTest {
  /** Nothing is left out or changed. */
  private static final SamplerOptions OPEN =
      SamplerOptions.DEFAULT.withTopK(0).withTopP(1).withMinP(0).withTemperature(1).withSeed(1);

  private static JsonNode cases() throws IOException {
    try (InputStream in = LlamaCppSamplersTest.class.getResourceAsStream("goldens.json")) {
      return new ObjectMapper().readTree(in);
    }
  }

  @Test
  void allCasesAreKnown() throws IOException {
    assertEquals(510, cases().size());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "top_k",
        "top_p",
        "typical",
        "min_p",
        "temperature",
        "mirostat",
        "chain",
        "penalties",
        "dry"
      })
  void agreesWithLlamaCpp(String stage) throws IOException {
    int checked = 0;
    for (JsonNode one : cases()) {
      if (one.get("stage").asText().equals(stage)) {
        check(one);
        checked++;
      }
    }
    assertTrue(checked >= 15, stage + ": " + checked);
  }

  private static void check(JsonNode one) {
    Sampler sampler = new Sampler(options(one), one.get("n").asInt());
    one.get("history").forEach(token -> sampler.accept(token.asInt()));
    sampler.sample(logits(one.get("n").asInt(), one.get("seed").asLong(), number(one, "scale")));
    compare(one, sampler.candidates());
  }

  private static float number(JsonNode one, String name) {
    return (float) one.get(name).asDouble();
  }

  private static SamplerOptions options(JsonNode one) {
    return switch (one.get("stage").asText()) {
      case "top_k" -> OPEN.withTopK(one.get("k").asInt());
      case "top_p" -> OPEN.withTopP(number(one, "p"));
      case "typical" -> OPEN.withTypicalP(number(one, "p"));
      case "min_p" -> OPEN.withMinP(number(one, "p"));
      case "temperature" -> OPEN.withTemperature(number(one, "t"));
      case "chain" -> SamplerOptions.DEFAULT.withTypicalP(0.98f).withSeed(1);
      case "mirostat" ->
          OPEN.withMirostat(MirostatOptions.DISABLED.withVersion(2).withTau(number(one, "tau")));
      case "penalties" ->
          OPEN.withPenaltyLastN(one.get("last").asInt())
              .withRepeatPenalty(number(one, "repeat"))
              .withFrequencyPenalty(number(one, "frequency"))
              .withPresencePenalty(number(one, "presence"));
      case "dry" ->
          OPEN.withDry(
              DryOptions.DISABLED
                  .withMultiplier(0.8f)
                  .withAllowedLength(one.get("allowed").asInt())
                  .withPenaltyLastN(one.get("last").asInt())
                  .withSequenceBreakers(breakers(one.get("breakers"))));
      default -> throw new AssertionError(one.get("stage").asText());
    };
  }

  private static SequenceBreakers breakers(JsonNode node) {
    List<List<Integer>> breakers = new ArrayList<>();
    for (JsonNode one : node) {
      List<Integer> breaker = new ArrayList<>();
      one.forEach(token -> breaker.add(token.asInt()));
      breakers.add(breaker);
    }
    return new SequenceBreakers(breakers);
  }

  /** As make_goldens.cpp computes them, bit for bit: SplittableRandom is SplitMix64, too. */
  private static float[] logits(int n, long seed, float scale) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] logits = new float[n];
    for (int i = 0; i < n; i++) {
      float r = (float) (random.nextLong() >>> 40) / 8388608.0f - 1.0f;
      float squared = r * r;
      logits[i] = squared * r * scale;
    }
    return logits;
  }

  private static void compare(JsonNode one, Candidates kept) {
    String label = one.toString();
    int expected = one.get("kept").asInt();
    // llama.cpp adds up thousands of probabilities in single precision; we do not. For the typical
    // set that also shifts its middle, the entropy.
    boolean rounded = one.get("stage").asText().equals("typical") && expected > 1000;
    int difference = rounded ? expected / 200 : expected / 500;
    assertTrue(Math.abs(expected - kept.size()) <= difference, kept.size() + ", " + label);
    int[] bestFirst =
        IntStream.range(0, kept.size())
            .boxed()
            .sorted(Comparator.comparing(kept::logit, Comparator.reverseOrder()))
            .mapToInt(index -> index)
            .toArray();
    boolean same = kept.size() == expected && !rounded;
    if (same) {
      long hash = 0;
      for (int index : bestFirst) {
        hash = hash * 31 + kept.id(index);
      }
      assertEquals(one.get("hash").asText(), Long.toHexString(hash), label);
    }
    double total = kept.computeMasses();
    for (int i = 0; i < one.get("tokens").size(); i++) {
      double wanted = one.get("probabilities").get(i).asDouble();
      double probability = kept.mass(bestFirst[i]) / total;
      assertEquals(wanted, probability, wanted * (same ? 3e-5 : 3e-3) + 1e-9, label);
      if (!rounded) {
        assertEquals(one.get("tokens").get(i).asInt(), kept.id(bestFirst[i]), label);
      }
    }
  }
}
