package dev.gatun.pipelines;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gatun.graph.op.MatMul;
import dev.gatun.models.eval.TeacherForcing;
import dev.gatun.models.eval.TeacherForcing.Candidate;
import dev.gatun.models.eval.TeacherForcing.Recording;
import dev.gatun.models.eval.TeacherForcing.Score;
import dev.gatun.models.eval.TeacherForcing.Step;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.plan.NodeProfile;
import dev.gatun.runtime.plan.Policy;
import dev.gatun.runtime.session.Session;
import dev.gatun.runtime.store.LocatedModel;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * SmolLM2 against what llama.cpp computed with F32 weights; see goldens/README.md. Needs the stored
 * model ({@code scripts/gatun pull smollm2}); skipped, saying so, where it is not.
 */
class SmolLm2GoldensTest {
  private static GatunRuntime runtime;
  private static LanguageModel model;
  private static JsonNode cases;

  @BeforeAll
  static void load() throws IOException {
    runtime = GatunRuntime.builder().offline(true).build();
    Optional<LocatedModel> located = runtime.puller().locate("smollm2");
    Assumptions.assumeTrue(
        located.isPresent(), "skipped: smollm2 is not stored; scripts/gatun pull smollm2 gets it");
    try (InputStream golden =
        SmolLm2GoldensTest.class.getResourceAsStream("goldens/smollm2-f32.json")) {
      cases = new ObjectMapper().readTree(golden).path("cases");
    }
    assertTrue(cases.size() > 5);
    model = load(located.get(), "vector");
  }

  private static LanguageModel load(LocatedModel located, String backend) {
    LoadOptions options = LoadOptions.DEFAULT.withPolicy(Policy.require(backend));
    return LanguageModel.load(runtime, located, options);
  }

  @AfterAll
  static void close() {
    if (model != null) {
      model.close();
    }
    runtime.close();
  }

  private static int[] ints(JsonNode array) {
    return IntStream.range(0, array.size()).map(i -> array.get(i).asInt()).toArray();
  }

  @Test
  void promptsAndTheirTokensAreReproduced() {
    try (var generation = TextGeneration.of(model)) {
      for (JsonNode one : cases) {
        String input = one.path("input").asText();
        Prompt prompt =
            one.path("kind").asText().equals("chat") ? Prompt.chat(input) : Prompt.raw(input);
        assertEquals(one.path("prompt").asText(), generation.render(prompt));
        assertArrayEquals(ints(one.path("prompt_tokens")), generation.tokens(prompt));
      }
    }
  }

  private static Score score(LanguageModel candidate) {
    List<Recording> recordings = new ArrayList<>();
    for (JsonNode one : cases) {
      List<Step> steps = new ArrayList<>();
      for (JsonNode step : one.path("steps")) {
        List<Candidate> top =
            StreamSupport.stream(step.path("top").spliterator(), false)
                .map(pair -> new Candidate(pair.get(0).asInt(), pair.get(1).asDouble()))
                .toList();
        steps.add(new Step(step.path("id").asInt(), top));
      }
      recordings.add(
          new Recording(IntStream.of(ints(one.path("prompt_tokens"))).boxed().toList(), steps));
    }
    try (Session session = candidate.newSession()) {
      Score score = TeacherForcing.score(new SessionPass(candidate, session), recordings, 1);
      System.out.println("SmolLM2, teacher forced: " + score);
      return score;
    }
  }

  /** In single precision throughout. */
  @Test
  void teacherForcedStepsMeetTheBars() {
    Score score = score(model);
    assertEquals(score.clear(), score.clearAgreeing(), score::toString);
    assertTrue(score.agreement() >= 0.99, score::toString);
    assertTrue(score.logProbabilityError() <= 0.01, score::toString);
  }

  /** With activations of 8 bits: every clear choice is the same, close ones may turn. */
  @Test
  void eightBitActivationsKeepEveryClearChoice() {
    Assumptions.assumeTrue(
        runtime.backend("cpu").able(), () -> "skipped: " + runtime.backend("cpu").reason());
    try (LanguageModel cpu = load(runtime.puller().locate("smollm2").orElseThrow(), "cpu")) {
      Score score = score(cpu);
      assertEquals(score.clear(), score.clearAgreeing(), score::toString);
      assertTrue(score.agreement() >= 0.945, score::toString);
      assertTrue(score.logProbabilityError() <= 0.1, score::toString);
    }
  }

  /**
   * ONNX Runtime's arithmetic with each kind of activations. It rounds them as llama.cpp does and
   * agrees in as many steps: 409 of 433, which README's table gives as 0.945.
   */
  @Test
  void onnxRuntimeMeetsTheBarsOfItsArithmetic() {
    vendor("onnxruntime", Map.of(), 409.0 / 433, 0.1);
    vendor("onnxruntime", Map.of("gatun.onnxruntime.activations", "f32"), 0.99, 0.01);
  }

  /** OpenVINO's arithmetic, with each kind of activations and of state; and that it is its own. */
  @Test
  void openVinoMeetsTheBarsOfItsArithmetic() {
    List<NodeProfile> profile = vendor("openvino", Map.of(), 0.945, 0.1);
    // OpenVINO's own report of what ran: its kernels for compressed weights, and nothing of ours.
    List<NodeProfile> products =
        profile.stream().filter(line -> line.op().equals("MatMul")).toList();
    assertEquals(products(model), products.size());
    for (NodeProfile line : products) {
      assertEquals("openvino:CPU", line.device());
      assertTrue(line.unit().contains("FullyConnectedCompressed."), line::toString);
    }
    vendor(
        "openvino",
        Map.of("gatun.openvino.activations", "f32", "gatun.openvino.state", "tensors"),
        0.99,
        0.01);
  }

  private static long products(LanguageModel candidate) {
    return candidate.model().graph().nodes().stream()
        .filter(node -> node.op() instanceof MatMul)
        .count();
  }

  private static List<NodeProfile> vendor(
      String backend, Map<String, String> settings, double agreement, double error) {
    GatunRuntime.Builder builder = GatunRuntime.builder().offline(true);
    settings.forEach(builder::property);
    try (GatunRuntime own = builder.build()) {
      Assumptions.assumeTrue(
          own.backend(backend).able(), () -> "skipped: " + own.backend(backend).reason());
      LoadOptions options =
          LoadOptions.DEFAULT.withPolicy(Policy.require(backend)).withProfile(true);
      try (LanguageModel candidate =
          LanguageModel.load(own, own.puller().locate("smollm2").orElseThrow(), options)) {
        Score score = score(candidate);
        assertEquals(score.clear(), score.clearAgreeing(), score::toString);
        assertTrue(score.agreement() >= agreement, score::toString);
        assertTrue(score.logProbabilityError() <= error, score::toString);
        return candidate.plan().profile();
      }
    }
  }
}
