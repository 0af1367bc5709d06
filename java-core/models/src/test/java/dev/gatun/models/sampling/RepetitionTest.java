package dev.gatun.models.sampling;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.tensor.GatunException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Penalties and DRY against their definitions. */
class RepetitionTest {
  private static final int VOCABULARY = 6;

  @Test
  void penaltiesCountTheTokensOfTheWindow() {
    var random = new Random(1);
    for (int round = 0; round < 2000; round++) {
      int lastN = 1 + random.nextInt(200);
      var options =
          SamplerOptions.DEFAULT
              .withRepeatPenalty(1.25f)
              .withPresencePenalty(random.nextInt(3))
              .withFrequencyPenalty(0.5f)
              .withPenaltyLastN(lastN);
      var penalties = new Penalties(options, VOCABULARY);
      List<Integer> history = history(random, random.nextInt(300));
      history.forEach(penalties::accept);
      float[] logits = logits(random);
      float[] expected = logits.clone();
      List<Integer> window = history.subList(Math.max(0, history.size() - lastN), history.size());
      for (int token = 0; token < VOCABULARY; token++) {
        int id = token;
        int count = (int) window.stream().filter(t -> t == id).count();
        if (count > 0) {
          expected[id] = expected[id] > 0 ? expected[id] / 1.25f : expected[id] * 1.25f;
          expected[id] -= 0.5f * count + options.presencePenalty();
        }
      }
      float[] actual = logits.clone();
      penalties.apply(actual);
      assertArrayEquals(expected, actual, 1e-4f);
      float[] again = logits.clone();
      penalties.apply(again);
      assertArrayEquals(actual, again, "applying changes no state");
    }
  }

  @Test
  void forbiddenTokensStayForbidden() {
    var options = SamplerOptions.DEFAULT.withRepeatPenalty(0.5f).withPresencePenalty(-2);
    var penalties = new Penalties(options, 2);
    penalties.accept(0);
    float[] logits = {Float.NEGATIVE_INFINITY, 1};
    penalties.apply(logits);
    assertArrayEquals(new float[] {Float.NEGATIVE_INFINITY, 1}, logits);
  }

  @Test
  void dryPenalizesWhatContinuesTheLongestRepetition() {
    var random = new Random(2);
    int penalized = 0;
    for (int round = 0; round < 4000; round++) {
      DryOptions options =
          DryOptions.DISABLED
              .withMultiplier(0.5f)
              .withBase(1.5f)
              .withAllowedLength(random.nextInt(4))
              .withPenaltyLastN(1 + random.nextInt(40))
              .withSequenceBreakers(
                  random.nextBoolean()
                      ? SequenceBreakers.NONE
                      : new SequenceBreakers(List.of(List.of(random.nextInt(VOCABULARY)))));
      var dry = new Dry(options, VOCABULARY);
      List<Integer> history = history(random, random.nextInt(80));
      history.forEach(dry::accept);
      float[] actual = new float[VOCABULARY];
      dry.apply(actual);
      float[] expected = new float[VOCABULARY];
      int last = Math.min(history.size(), options.penaltyLastN());
      subtractDry(history.subList(history.size() - last, history.size()), options, expected);
      assertArrayEquals(expected, actual, 1e-3f, () -> options + " " + history);
      for (float penalty : expected) {
        penalized += penalty < 0 ? 1 : 0;
      }
    }
    assertTrue(penalized > 2000, "penalized: " + penalized);
  }

  /** By the definition: for each token, try every earlier place where it stands. */
  private static void subtractDry(List<Integer> window, DryOptions options, float[] logits) {
    List<List<Integer>> breakers = options.sequenceBreakers().sequences();
    int breaker = breakers.isEmpty() ? -1 : breakers.getFirst().getFirst();
    int size = window.size();
    int free = 0;
    while (free < size && window.get(size - 1 - free) != breaker) {
      free++;
    }
    if (size <= options.allowedLength() || free < options.allowedLength()) {
      return;
    }
    for (int token = 0; token < logits.length; token++) {
      int longest = -1;
      for (int at = 1; at < size; at++) {
        if (window.get(at) == token) {
          int length = 0;
          while (length < free
              && length < at
              && window.get(at - 1 - length).equals(window.get(size - 1 - length))) {
            length++;
          }
          longest = Math.max(longest, length);
        }
      }
      if (longest >= options.allowedLength() && token != breaker) {
        logits[token] -= 0.5f * (float) Math.pow(1.5, longest - options.allowedLength());
      }
    }
  }

  @Test
  void dryEndsALoop() {
    var options = SamplerOptions.GREEDY.withDry(DryOptions.DISABLED.withMultiplier(0.8f));
    var sampler = new Sampler(options, 10);
    // A model that wants to say 1 2 3 1 2 3 …, and would say 7 just as well as nearly that.
    int token = 3;
    List<Integer> said = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      float[] logits = new float[10];
      logits[token % 3 + 1] = 9;
      logits[7] = 5;
      token = sampler.sample(logits);
      sampler.accept(token);
      said.add(token);
    }
    assertEquals(List.of(1, 2, 3, 1, 2, 3), said.subList(0, 6));
    assertTrue(said.contains(7), said::toString);
  }

  @Test
  void breakersAreNotEmpty() {
    assertThrows(GatunException.class, () -> new SequenceBreakers(List.of(List.of())));
  }

  private static List<Integer> history(Random random, int length) {
    List<Integer> history = new ArrayList<>();
    int distinct = 2 + random.nextInt(VOCABULARY - 1);
    for (int i = 0; i < length; i++) {
      history.add(random.nextInt(distinct));
    }
    return history;
  }

  private static float[] logits(Random random) {
    float[] logits = new float[VOCABULARY];
    for (int i = 0; i < VOCABULARY; i++) {
      logits[i] = (float) random.nextGaussian();
    }
    return logits;
  }
}
