package dev.gatun.models.sampling;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gatun.models.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The candidates and probabilities that llama.cpp's chain leaves, and ours. */
class LlamaCppChainsTest {
  /** Sums and exponentials are single precision there. */
  private static final double RELATIVE = 5e-5;

  private static final double SMALLEST = 1e-30;

  private final float[] modelLogits = SamplerGoldens.modelLogits();

  @Test
  void chainsKeepTheSameCandidatesWithTheSameProbabilities() {
    Map<String, Integer> compared = new TreeMap<>();
    Map<List<String>, SequenceBreakers> breakers = new HashMap<>();
    Tokenizer tokenizer = SamplerGoldens.tokenizer();
    for (JsonNode node : SamplerGoldens.cases()) {
      if (node.get("mirostat").intValue() == 0) {
        JsonNode dry = node.get("dry");
        List<String> texts = new ArrayList<>();
        dry.get("texts").forEach(text -> texts.add(text.asText()));
        List<List<Integer>> ids = new ArrayList<>();
        dry.get("breakers").forEach(breaker -> ids.add(SamplerGoldens.integers(breaker)));
        SequenceBreakers of =
            texts.isEmpty()
                ? new SequenceBreakers(ids)
                : breakers.computeIfAbsent(texts, t -> breakers(t, tokenizer));
        checkChain(node, of);
        compared.merge(node.get("name").asText(), 1, Integer::sum);
      }
    }
    assertEquals(150, compared.get("random chain"));
    assertEquals(120, compared.get("DRY"));
    assertEquals(28, compared.get("DRY, texts as breakers"));
    assertEquals(5, compared.get("model, top-p"));
    assertEquals(3, compared.get("model, typical"));
  }

  private static SequenceBreakers breakers(List<String> texts, Tokenizer tokenizer) {
    return SequenceBreakers.of(
        texts,
        tokenizer.vocabulary().size(),
        token -> new String(tokenizer.pieceBytes(token), UTF_8),
        text -> tokenizer.encode(text, false, false));
  }

  private void checkChain(JsonNode node, SequenceBreakers breakers) {
    SamplerOptions options = SamplerGoldens.options(node);
    options = options.withDry(options.dry().withSequenceBreakers(breakers));
    JsonNode step = node.get("steps").get(0);
    float[] logits = SamplerGoldens.logits(step);
    if (logits == null) {
      logits = modelLogits.clone();
    }
    var sampler = new Sampler(options, logits.length);
    for (int token : SamplerGoldens.integers(node.get("history"))) {
      sampler.accept(token);
      if (node.get("raise").floatValue() != 0) {
        logits[token] = modelLogits[token] + node.get("raise").floatValue();
      }
    }
    int chosen = sampler.sample(logits);
    if (options.temperature() == 0) {
      assertEquals(step.get("selected").intValue(), chosen, () -> describe(node));
    } else {
      Candidates candidates = sampler.candidates();
      check(candidates, candidates.computeMasses(), step, node);
    }
  }

  @Test
  void mirostatKeepsTheSameCandidatesStepByStep() {
    int steps = 0;
    for (JsonNode node : SamplerGoldens.cases()) {
      if (node.get("mirostat").intValue() != 0) {
        SamplerOptions options = SamplerGoldens.options(node);
        var mirostat = new Mirostat(options.mirostat());
        for (JsonNode step : node.get("steps")) {
          float[] logits = SamplerGoldens.logits(step);
          var candidates = new Candidates(logits.length);
          candidates.load(logits, logits.length);
          candidates.divideBy(options.temperature());
          mirostat.truncate(candidates);
          double total = candidates.computeMasses();
          check(candidates, total, step, node);
          mirostat.observe(candidates.mass(indexOf(candidates, step)) / total);
          steps++;
        }
      }
    }
    assertEquals(144, steps);
  }

  private static int indexOf(Candidates candidates, JsonNode step) {
    int index = 0;
    while (candidates.id(index) != step.get("selected").intValue()) {
      index++;
    }
    return index;
  }

  private static void check(Candidates candidates, double total, JsonNode step, JsonNode node) {
    Map<Integer, Double> ours = new HashMap<>();
    double sum = 0;
    for (int i = 0; i < candidates.size(); i++) {
      double probability = candidates.mass(i) / total;
      sum += probability;
      if (probability > SMALLEST) {
        ours.put(candidates.id(i), probability);
      }
    }
    assertEquals(1, sum, 1e-9);
    assertEquals(step.get("kept").intValue(), ours.size(), () -> describe(node));
    int listed = 0;
    for (JsonNode candidate : step.get("candidates")) {
      double expected = Double.parseDouble(candidate.get(1).asText());
      Double actual = ours.get(candidate.get(0).intValue());
      assertTrue(actual != null, () -> "not kept: " + candidate + " in " + describe(node));
      assertEquals(
          expected, actual, expected * RELATIVE, () -> candidate + " in " + describe(node));
      listed++;
    }
    assertTrue(listed == ours.size() || listed >= 40, () -> "too few in " + describe(node));
  }

  /** The case without its long lists. */
  private static String describe(JsonNode node) {
    String text = node.toString();
    return text.substring(0, text.indexOf(",\"steps\""));
  }
}
